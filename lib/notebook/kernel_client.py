"""nbclient's client, made to restart a kernel that has ended before it answered.

Jupyter looks for free ports, lets go of them and tells the kernel which they are. Until the kernel listens there,
another program can be given one of them, and the kernel ends. Jupyter's server then starts it again, on
other ports; nbclient does not. No cell has run by then, so nothing is run twice.
"""

import atexit

from nbclient import NotebookClient

STARTS = 5


class NeverStarted(Exception):
    """The kernel has ended at every start, before it answered."""


class Client(NotebookClient):
    """Runs the cells of a notebook, each once, in a kernel that may need several starts."""

    async def async_start_new_kernel_client(self):
        for start in range(STARTS):
            if start > 0:
                self.create_kernel_manager()
                await self.async_start_new_kernel()
            try:
                return await super().async_start_new_kernel_client()
            except RuntimeError as error:
                # The error has no type of its own; the words are jupyter_client's.
                if "died before replying" not in str(error):
                    raise
        # nbclient would tidy up once more as Python ends, and complain that nothing is left.
        atexit.unregister(self._cleanup_kernel)
        raise NeverStarted
