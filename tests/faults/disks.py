"""Disks that can be filled, made read-only, pulled out, or lose their power; made by root."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
_NO_LOG_FLUSH = 2  # what the kernel holds in memory is lost, the journal's last entries too


class NoDiskError(Exception):
    """This machine lets us make no disk; the words say why."""


@dataclass(frozen=True, slots=True)
class Ext4Disk:
    """An ext4 file system in an image file."""

    image: Path
    folder: Path  # where it is mounted

    @classmethod
    def make(cls, image: Path, folder: Path, *, megabytes: int) -> Ext4Disk:
        folder.mkdir(exist_ok=True)
        with image.open("wb") as opened:
            opened.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-F", "-b", "4096", "-N", "4096", "-m", "0", image)
        return cls(image, folder)

    def copy(self, image: Path, folder: Path) -> Ext4Disk:
        """The same disk once more; this one must not be mounted."""
        folder.mkdir(exist_ok=True)
        _run("cp", "--sparse=always", self.image, image)
        return Ext4Disk(image, folder)

    def mount(self, *options: str) -> None:
        _run("mount", "-o", ",".join(["loop", "noatime", *options]), self.image, self.folder)

    def unmount(self) -> None:
        _run("umount", self.folder)

    def cut_power(self) -> None:
        """From here on nothing reaches the disk; what was not flushed is gone."""
        cut_power(self.folder)


def cut_power(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    finally:
        os.close(handle)


def write_names(folder: Path) -> None:
    """Have ext4 write down every name given so far, as any other file that is flushed does.

    The bytes of other files stay in memory: a name may be on the disk before they are.
    """
    handle = os.open(folder / "flushed", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def small_disk(folder: Path, *, size: int, files: int = 0) -> Iterator[Path]:
    """A disk in memory of ``size`` bytes that holds at most so many ``files``, if that is said."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size}" + (f",nr_inodes={files}" if files else "")
    _run("mount", "-t", "tmpfs", "-o", options, "none", folder)
    try:
        yield folder
    finally:
        _run("umount", folder)


def remount(folder: Path, *options: str) -> None:
    _run("mount", "-o", ",".join(["remount", *options]), folder)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Fill a disk but for so many bytes; returns the file to be deleted."""
    filler = folder / "filler"
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        disk = os.statvfs(folder)
        os.posix_fallocate(handle, 0, max(disk.f_bavail * disk.f_frsize - leave, 1))
    finally:
        os.close(handle)
    return filler


def _run(*command: object) -> None:
    """Raises ``NoDiskError`` in the words of the programme that failed."""
    if shutil.which(str(command[0])) is None:
        raise NoDiskError(f"{command[0]} is not installed")
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoDiskError(f"{command[0]}: {done.stderr.strip() or done.returncode}")
