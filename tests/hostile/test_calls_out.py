"""Where the house may be made to call: never into its own network, however the address is spelt."""

from __future__ import annotations

import asyncio

import pytest

from engine.addresses import AddressRefused, addresses_of, check_address, check_url

INSIDE = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_the_own_network_is_called(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address, allow_private=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_of_the_world_are_called(address: str) -> None:
    check_address(address, allow_private=False)


@pytest.mark.parametrize("name", ["127.1", "0x7f000001", "2130706433", "localhost", "rebound.example"])
def test_a_name_that_leads_inside_is_not_called(name: str) -> None:
    async def inside(_: str, __: int) -> list[str]:
        return ["8.8.8.8", "127.0.0.1"]

    with pytest.raises(AddressRefused):
        asyncio.run(addresses_of(f"https://{name}/hook", False, inside))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "//example.com/",
        "https://",
        "https://user:password@example.com/",
        "https://example.com/#x",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "http://127.0.0.1:8000/api/v1/session",
    ],
)
def test_a_url_that_is_none_or_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, allow_private=False)
