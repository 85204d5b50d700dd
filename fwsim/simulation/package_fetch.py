"""The packages of one job: what is in, what is written, and where the transfer will stop."""

from __future__ import annotations

from fwsim.commands.details import Detail


class PackageFetch:
    """Bytes on their way to one device.

    Parameters
    ----------
    sizes
        Bytes of each stretch: all packages at once with an update partition, else one each.
    stop
        Byte of the whole transfer at which it stops.
    detail
        Why, or `Detail.NONE` for a whole transfer.
    """

    __slots__ = ("_stretch", "detail", "fetched", "sizes", "stop", "written")

    def __init__(self, sizes: tuple[int, ...], stop: int, detail: Detail) -> None:
        self.sizes = sizes
        self.stop = stop
        self.detail = detail
        self.fetched = 0
        self.written = 0
        self._stretch = 0

    @property
    def next_size(self) -> int:
        """Bytes of the next stretch, up to where the transfer stops."""
        if self._stretch >= len(self.sizes):
            return 0
        return min(self.sizes[self._stretch], self.stop - self.fetched)

    def take_in(self) -> bool:
        """Count the next stretch as fetched; return whether it came whole."""
        size = self.next_size
        whole = self._stretch >= len(self.sizes) or size == self.sizes[self._stretch]
        self.fetched += size
        self._stretch += 1
        return whole

    @property
    def has_more(self) -> bool:
        """Whether another stretch is to be fetched."""
        return self._stretch < len(self.sizes)

    @property
    def unwritten(self) -> int:
        """Bytes fetched and not yet written."""
        return self.fetched - self.written
