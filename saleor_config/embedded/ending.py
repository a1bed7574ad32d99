"""Ending a process that we started."""

import signal
import subprocess


def end(
    process: subprocess.Popen[bytes],
    ask_with: signal.Signals = signal.SIGTERM,
    seconds: float = 10,
) -> None:
    """Ask the process to end, and kill it if it has not after these seconds."""
    if process.poll() is not None:
        return
    process.send_signal(ask_with)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
