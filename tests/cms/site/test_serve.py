from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from cms.demo.instances import MANAGE, Instance, free_port, new_instance

pytestmark = pytest.mark.slow


@pytest.fixture
def telecentre(tmp_path) -> Instance:
    return new_instance("telecentre", tmp_path / "telecentre")


@pytest.fixture
def start():
    started: list[psutil.Popen] = []
    yield lambda instance, port: started.append(_start(instance, port)) or started[-1]
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def _start(instance: Instance, port: int) -> psutil.Popen:
    process = psutil.Popen(
        [sys.executable, MANAGE, "serve", "--port", str(port)],
        env=instance.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: is_open(port))
    return process


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_web_and_worker_start_together_and_stop_together(telecentre, start):
    port = free_port()
    process = start(telecentre, port)
    (worker,) = process.children()

    process.send_signal(signal.SIGTERM)
    status = process.wait(30)

    assert status == 0
    assert not worker.is_running()
    assert not is_open(port)


def test_a_worker_that_is_killed_is_started_again(telecentre, start):
    process = start(telecentre, free_port())
    (first,) = process.children()

    first.send_signal(signal.SIGKILL)
    wait_for(lambda: [c.pid for c in process.children() if c.pid != first.pid] != [])
    (second,) = process.children()
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    assert not second.is_running()


def test_a_web_server_killed_outright_takes_the_worker_with_it(telecentre, start):
    process = start(telecentre, free_port())
    (worker,) = process.children()

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_a_port_in_use_is_said_in_words(telecentre):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = telecentre.command(
            "serve", "--port", str(taken.getsockname()[1]), check=False, YELEN_LANGUAGE="en"
        )

    assert done.returncode != 0
    assert "--port" in done.stderr


def test_a_database_that_is_not_migrated_is_said_in_words(tmp_path):
    instance = Instance(role="telecentre", data_dir=tmp_path)

    done = instance.command("serve", "--port", str(free_port()), check=False)

    assert done.returncode != 0
    assert "migrate" in done.stderr


def test_clients_that_send_a_byte_a_second_keep_nobody_waiting(telecentre, start):
    port = free_port()
    process = start(telecentre, port)
    head = b"POST /sync/v1/box HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(150)]
    for client in slow:
        client.sendall(head)
    threads = process.num_threads()

    took = []
    for _ in range(3):
        for client in slow:
            client.sendall(b"x")
        began = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
        took.append(time.monotonic() - began)
        time.sleep(1)

    assert max(took) < 20, took  # a busy machine is not a slow client
    assert process.num_threads() == threads
    for client in slow:
        client.close()
