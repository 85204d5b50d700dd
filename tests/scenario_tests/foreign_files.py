"""YAML files as they lie in other people's repositories: none of them is a scenario."""

from __future__ import annotations

from pathlib import Path


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\nexpect: *a0\nfleet: *a1\n"


TEXTS: dict[str, str] = {
    "api.yaml": "request: {url: http://x}\nexpect:\n  status: 200\n",
    "openapi.yaml": "openapi: 3.1.0\ninfo: {title: Fleet, version: '1'}\n"
    "paths:\n  /commands:\n    post:\n      responses: {200: {description: done}}\n",
    "openapi-in-json.yaml": '{"openapi": "3.1.0", "components": {"schemas": {"zone": {}, '
    '"start": {}, "fleet": {}, "image": {}, "commands": {}, "expect": {}}}}\n',
    "docker-compose.yml": "services:\n  web: &web\n    image: nginx\n    expect: [80]\n"
    "  other:\n    <<: *web\n",
    ".github/workflows/ci.yml": "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n",
    ".gitlab-ci.yml": "image: python:3.12\nstages: [test]\ntest:\n  script: [pytest]\n"
    "expect: !reference [.base, script]\n",
    ".travis.yml": "language: python\nscript: pytest\n",
    ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks: [{id: ruff, expect: clean}]\n",
    "mkdocs.yml": "site_name: x\nmarkdown_extensions:\n- pymdownx.emoji:\n"
    "    emoji_index: !!python/name:material.extensions.emoji.twemoji\n",
    "site.yml": "- hosts: all\n  tasks:\n  - name: x\n    ansible.builtin.command: 'true'\n"
    '    when: "{{ x }} is defined"\n',
    "vault.yml": "expect: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n",
    "chart/templates/deployment.yaml": "{{- if .Values.expect }}\nkind: Deployment\n"
    "metadata: {name: {{ .Release.Name }}}\nexpect:\n  {{- toYaml .Values.expect | nindent 2 }}\n"
    "{{- end }}\n",
    "k8s.yaml": "apiVersion: v1\nkind: Pod\nexpect: {ready: true}\nimage: x\n---\nkind: Service\n"
    "fleet: a\nzone: b\n---\nstart: now\ncommands: []\n",
    "fleet.yaml": "defaultNamespace: x\nhelm: {chart: ./chart}\nimage: y\nexpect: ready\n",
    "cloudformation.yml": "Resources:\n  Zone: !GetAtt A.B\n  B: !Sub '${C}'\nexpect: !Ref D\n",
    "tests/test_api.tavern.yaml": "test_name: answers\nstages:\n- name: get\n"
    "  request: {url: 'http://{host}/'}\n  response: {status_code: 200}\nexpect: {a: !anything }\n",
    "tests/cassettes/get.yaml": "interactions:\n- request: {uri: http://x/}\n  response:\n"
    "    body: {string: !!binary aGFsbG8=}\nversion: 1\nexpect: []\n",
    "tests/__snapshots__/page.yaml": "- heading: A\nexpect:\n- text: both list and map\n",
    "configuration.yaml": "homeassistant:\n  name: Home\nautomation: !include automations.yaml\n"
    "expect: !secret token\nzone:\n- name: Home\n  latitude: 1\n",
    "meta.yaml": "{% set version = '1' %}\npackage: {name: x, version: '{{ version }}'}\n"
    "test: {imports: [x]}\nexpect: {{ version }}\n",
    "conda/environment.yml": "name: x\nchannels: [conda-forge]\ndependencies: [python]\n",
    "goss.yaml": "file:\n  /etc/passwd: {exists: true}\ncommand: {x: {exit-status: 0}}\n",
    "container-test.yaml": "image: x\ncommands: {list: ls}\nstart: always\nexpect: {exit: 0}\n",
    "cookiecutter/{{cookiecutter.name}}/a.yaml": "expect: {{cookiecutter.expect}}\n",
    "tabs.yaml": "expect:\n\tstatus:\t200\n",
    "empty.yaml": "",
    "comment.yaml": "# zone: start: fleet: image: commands: expect:\n",
    "list.yaml": "- expect: 1\n- zone: 2\n",
    "text.yaml": "just a text about what we expect: nothing\n",
    "number.yaml": "12\n",
    "unclosed.yaml": "expect: [1, {2: 'three\n",
    "anchor.yaml": "expect: *nowhere\n",
    "itself.yaml": "expect: &a [*a]\n",
    "twice.yaml": "expect: 1\nexpect: 2\n? [a, b]\n: c\n",
    "nested.yaml": "expect: " + "[" * 20_000 + "\n",
    "bomb.yaml": _bomb(9),
    "directive.yaml": "%YAML 1.1\n%TAG ! tag:example.com,2000:\n---\nexpect: !thing {a: yes}\n",
    "inventory/scenario-like.yaml": "story: |\n  zone: x\n  start: y\n  fleet: z\n  image: a\n"
    "  commands: b\nexpect: nothing of it\n",
}
"""Texts, by the place they lie at."""

BYTES: dict[str, bytes] = {
    "latin-1.yaml": "expect: größer\nname: Müller\n".encode("latin-1"),
    "utf-16.yaml": "expect: 1\nname: Müller\n".encode("utf-16"),
    "utf-16-cut.yaml": "expect: 1\n".encode("utf-16")[:-1],
    "nul.yaml": b"expect: \0\0\0\n",
    "picture.yaml": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "old-mac.yaml": b"expect: 1\rfleet: 2\r",
    "control.yaml": b"expect: \x1b[2J\xe2\x80\xae\n",
}
"""What is no UTF-8, or no text at all."""

HUGE = ("cassette-of-50-MB.yaml", b"expect:\nimage: x\n- request: {uri: 'http://example.net/'}\n")
"""A place, and what stands there again and again; zeros are the rest, which take no room."""


def lay_out(folder: Path) -> list[Path]:
    """Write all of them; return where they lie."""
    laid = []
    for name, text in {**{name: text.encode() for name, text in TEXTS.items()}, **BYTES}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        laid.append(path)
    name, piece = HUGE
    with (folder / name).open("wb") as file:
        file.write(piece * (1_000_000 // len(piece)))
        file.truncate(50_000_000)
    return [*laid, folder / name]
