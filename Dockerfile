# The planner as an app (Voilà), for an ordinary user. Not built where this was written; its steps were.
#   docker build -t fwsim . && docker run --rm -p 8866:8866 -v "$PWD/scenarios:/scenarios:ro" fwsim
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip install --no-cache-dir --constraint constraints.txt hatchling \
 && python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
COPY constraints.txt /wheels/
RUN python -m pip install --no-cache-dir --only-binary :all: --constraint /wheels/constraints.txt \
      "$(echo /wheels/fwsim-*.whl)[app,excel,notebook,plan]" \
 && rm -r /wheels \
 && useradd --create-home --uid 1000 planner
USER planner
WORKDIR /home/planner
# The clock is compiled for the machine it runs on, once; here, so that no visitor waits for it.
RUN python -c "from fwsim.engine import choose_engine; choose_engine()"
ENV FWSIM_SCENARIO=/scenarios/branch-offices.yaml
EXPOSE 8866
# Who may reach the port may use the app: put something before it that asks who they are (docs/security.md).
CMD ["sh", "-c", "exec fwsim open \"$FWSIM_SCENARIO\" --app --port 8866 --no-browser"]
