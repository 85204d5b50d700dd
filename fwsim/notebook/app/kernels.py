"""The kernels of an app: so many at most, each with so much memory, none for those who are gone."""

from __future__ import annotations

import os
import time
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Int, default

from fwsim.messages import say
from fwsim.notebook.app.memory import VARIABLE


class FewKernels(AsyncMappingKernelManager):  # type: ignore[misc] # has no types
    """A kernel manager with bounds.

    Voilà asks for a kernel at every view of a page, and relies on the page to say goodbye; a
    browser that crashes, or a network that breaks, does not.
    """

    most = Int(8, help="Kernels at a time; further visitors are asked to come back later.").tag(
        config=True
    )
    memory = Int(2048, help="Of each kernel, in MiB; 0 for as much as there is.").tag(config=True)
    gone_timeout = Int(
        180, help="Seconds without a connected page after which a kernel ends, busy or not."
    ).tag(config=True)
    forgotten_timeout = Int(
        4 * 3600, help="Seconds after which the kernel of an open page that nobody uses ends."
    ).tag(config=True)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._alone_since: dict[str, float] = {}
        self._starting = 0

    @default("cull_idle_timeout")
    def _usual_timeout(self) -> int:
        return self.gone_timeout

    @default("cull_interval")
    def _usual_interval(self) -> int:
        return 30

    async def start_kernel(self, **given: Any) -> str:
        """Start a kernel, unless there are as many as may be."""
        if len(self) + self._starting >= self.most:
            raise HTTPError(503, reason=say("app.all_planning"))
        self._starting += 1
        try:
            surroundings = {**(given.pop("env", None) or os.environ), VARIABLE: str(self.memory)}
            kernel_id: str = await super().start_kernel(env=surroundings, **given)
        finally:
            self._starting -= 1
        self._alone_since[kernel_id] = time.monotonic()
        return kernel_id

    def notify_connect(self, kernel_id: str) -> None:
        """Notice a page that is there."""
        super().notify_connect(kernel_id)
        self._alone_since.pop(kernel_id, None)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Notice that a page is gone; others of the same kernel may still be there."""
        super().notify_disconnect(kernel_id)
        if not self._kernel_connections.get(kernel_id):
            self._alone_since[kernel_id] = time.monotonic()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page is gone, or which nobody has used for hours."""
        if self._is_over(kernel_id):
            self._alone_since.pop(kernel_id, None)
            await self.shutdown_kernel(kernel_id)

    def _is_over(self, kernel_id: str) -> bool:
        kernel = self._kernels[kernel_id]
        alone = self._alone_since.get(kernel_id)
        if getattr(kernel, "execution_state", None) == "dead":
            return True
        if alone is not None and time.monotonic() - alone > self.gone_timeout:
            return True
        unused = time.time() - kernel.last_activity.timestamp()
        return bool(unused > self.forgotten_timeout and kernel.execution_state != "busy")
