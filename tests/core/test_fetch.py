import asyncio
import datetime
import gzip
import ipaddress
import ssl
import zlib

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from server.core.addresses import forbidden
from server.core.errors import VitrineError
from server.core.fetch import (
    FetchError,
    FetchFailed,
    HostRefused,
    Limits,
    NotReached,
    RedirectRefused,
    TooLarge,
    TooSlow,
    UrlRefused,
    fetch,
)
from server.core.guard import parse

PUBLIC = "93.184.215.14"


def answer(body=b"", status="200 OK", **headers):
    """The bytes of a whole HTTP answer; underscores in header names stand for hyphens."""
    headers = {"Content-Length": str(len(body)), **{k.replace("_", "-"): v for k, v in headers.items()}}
    head = "".join(f"{k}: {v}\r\n" for k, v in headers.items() if v is not None)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@pytest.fixture
async def serve():
    """Start real servers on loopback: `await serve(reply)` gives (port, requests); reply is bytes or a coroutine."""
    servers, tasks = [], set()

    async def start(reply, **options):
        requests = []

        async def handle(reader, writer):
            tasks.add(asyncio.current_task())
            try:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                requests.append(request)
                if callable(reply):
                    await reply(request, writer)
                else:
                    writer.write(reply)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0, **options)
        servers.append(server)
        return server.sockets[0].getsockname()[1], requests

    yield start
    for server in servers:
        server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def names(**known):
    """A resolver of invented names: for each its addresses, or several lists to be given one after the other."""
    asked = []

    async def resolver(host, port):
        asked.append(host)
        if host not in known:
            raise OSError("no such name")
        addresses = known[host]
        return addresses.pop(0) if isinstance(addresses[0], list) else addresses

    resolver.asked = asked
    return resolver


HERE = names(**{"shop.example": ["127.0.0.1"], "xn--caf-dma.example": ["127.0.0.1"]})


async def get(port, path="/", **options):
    pair = f"shop.example:{port}"
    return await fetch(f"http://{pair}{path}", **{"allow": [pair], "resolver": HERE, **options})


# What comes


async def test_a_page_comes_with_its_type_tag_and_final_address(serve):
    port, requests = await serve(
        answer(b"id\tprice\n", Content_Type="Text/CSV; charset=UTF-8", ETag='"a1"', Last_Modified="yesterday")
    )
    got = await get(port, "/feed.tsv?key=1#part")
    assert (got.body, got.size, got.content_type, got.charset) == (b"id\tprice\n", 9, "text/csv", "utf-8")
    assert (got.etag, got.last_modified, got.unchanged) == ('"a1"', "yesterday", False)
    assert got.final_url == f"http://shop.example:{port}/feed.tsv?key=1"
    assert requests[0].startswith("GET /feed.tsv?key=1 HTTP/1.1\r\n")
    assert f"Host: shop.example:{port}\r\n" in requests[0]
    assert "User-Agent: Vitrine" in requests[0]


async def test_an_unchanged_page_is_not_sent_again(serve):
    port, requests = await serve(answer(status="304 Not Modified", Content_Length=None))
    got = await get(port, etag='"a1"', last_modified="Sun, 02 Aug 2026 10:00:00 GMT")
    assert got.unchanged and got.body == b""
    assert 'If-None-Match: "a1"' in requests[0] and "If-Modified-Since: Sun" in requests[0]


async def test_unchanged_said_to_a_first_question_is_a_failure(serve):
    port, _ = await serve(answer(status="304 Not Modified", Content_Length=None))
    with pytest.raises(FetchFailed):
        await get(port)


async def test_a_tag_from_outside_cannot_smuggle_a_header(serve):
    port, requests = await serve(answer(b"ok"))
    await get(port, etag='"a"\r\nX-Evil: 1')
    assert "Evil" not in requests[0]


async def test_a_body_goes_to_a_file_when_asked(serve, tmp_path):
    port, _ = await serve(answer(b"x" * 300_000))
    got = await get(port, into=tmp_path / "feed")
    assert (got.body, got.size, got.path) == (b"", 300_000, tmp_path / "feed")
    assert (tmp_path / "feed").read_bytes() == b"x" * 300_000


async def test_a_fetch_that_fails_leaves_the_file_of_before(serve, tmp_path):
    port, _ = await serve(answer(b"x" * 100, Content_Length="5000"))
    (tmp_path / "feed").write_bytes(b"before")
    with pytest.raises(NotReached):
        await get(port, into=tmp_path / "feed")
    assert [f.read_bytes() for f in tmp_path.iterdir()] == [b"before"]


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"shade" * 99, mtime=0)),
        ("x-gzip", gzip.compress(b"shade" * 9, mtime=0) + gzip.compress(b"shade" * 90, mtime=0)),
        ("deflate", zlib.compress(b"shade" * 99)),
        ("deflate", zlib.compress(b"shade" * 99, wbits=-15)),
        ("identity", b"shade" * 99),
    ],
)
async def test_a_packed_body_is_unpacked(serve, encoding, packed):
    port, _ = await serve(answer(packed, Content_Encoding=encoding))
    assert (await get(port)).body == b"shade" * 99


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"shade" * 99, mtime=0)[:-9]),
        ("gzip", b"no gzip at all"),
        ("gzip", gzip.compress(b"shade" * 99, mtime=0) + b"tail"),
        ("br", b"??"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"shade", mtime=0), mtime=0)),
    ],
)
async def test_a_body_packed_badly_or_strangely_is_refused(serve, encoding, packed):
    port, _ = await serve(answer(packed, Content_Encoding=encoding))
    with pytest.raises(NotReached):
        await get(port)


async def test_neither_proxy_nor_cookie_nor_netrc_of_this_machine_is_used(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def reply(request, writer):
        there = request.startswith("GET /there")
        writer.write(
            answer(b"ok") if there else answer(status="302 Found", Location="/there", Set_Cookie="a=1; Path=/")
        )

    port, requests = await serve(reply)
    assert (await get(port)).body == b"ok"
    assert "Cookie" not in requests[1]


# What it may cost


async def test_a_server_that_drips_is_left(serve):
    async def drip(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    port, _ = await serve(drip)
    with pytest.raises(TooSlow, match="Try again later"):
        await get(port, limits=Limits(seconds=0.3))


async def test_a_server_that_never_answers_is_left(serve):
    async def silent(request, writer):
        await asyncio.sleep(60)

    port, _ = await serve(silent)
    with pytest.raises(TooSlow):
        await get(port, limits=Limits(seconds=0.2))


async def test_a_name_server_that_never_answers_is_left():
    async def silent(host, port):
        await asyncio.sleep(60)

    with pytest.raises(TooSlow):
        await fetch("http://shop.example/", resolver=silent, limits=Limits(seconds=0.1))


async def test_a_body_said_to_be_too_long_is_refused_before_it_comes(serve):
    port, _ = await serve(answer(b"", Content_Length="5000000000"))
    with pytest.raises(TooLarge, match="larger than"):
        await get(port, limits=Limits(max_bytes=1000))


async def test_a_body_without_end_is_cut_off(serve):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    port, _ = await serve(endless)
    with pytest.raises(TooLarge):
        await get(port, limits=Limits(max_bytes=1_000_000))


async def test_headers_without_end_are_cut_off(serve):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
            await writer.drain()

    port, _ = await serve(endless)
    with pytest.raises(NotReached):
        await get(port)


async def test_a_gzip_bomb_meets_the_limit(serve):
    bomb = gzip.compress(bytes(200_000_000))
    assert len(bomb) < 200_000
    port, _ = await serve(answer(bomb, Content_Encoding="gzip"))
    with pytest.raises(TooLarge):
        await get(port, limits=Limits(max_bytes=1_000_000))


async def test_packed_bytes_that_unpack_to_nothing_for_ever_are_cut_off(serve):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            writer.write(gzip.compress(b"") * 1000)
            await writer.drain()

    port, _ = await serve(endless)
    with pytest.raises(TooLarge):
        await get(port, limits=Limits(max_bytes=200_000))


# Redirects


async def test_a_redirect_is_followed_and_its_address_is_told(serve):
    async def reply(request, writer):
        there = request.startswith("GET /new/b")
        writer.write(answer(b"ok") if there else answer(status="301 Moved Permanently", Location="new/b"))

    port, _ = await serve(reply)
    got = await get(port, "/a")
    assert (got.body, got.final_url) == (b"ok", f"http://shop.example:{port}/new/b")


async def test_a_redirect_to_the_credentials_of_a_cloud_is_refused_even_where_loopback_is_allowed(serve):
    port, requests = await serve(answer(status="302 Found", Location="http://169.254.169.254/latest/meta-data/"))
    with pytest.raises(HostRefused, match=r"169\.254\.169\.254, a link-local address"):
        await get(port)
    with pytest.raises(HostRefused):
        await get(port, allow_private=True)
    assert len(requests) == 2


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1/", "http://[::1]/", "file:///etc/passwd", "//10.0.0.1/", "http://u:p@shop.example/"]
)
async def test_a_redirect_is_judged_like_the_first_address(serve, location):
    port, _ = await serve(answer(status="307 Temporary Redirect", Location=location))
    with pytest.raises((HostRefused, UrlRefused)):
        await get(port)


async def test_a_redirect_loop_ends_after_three(serve):
    port, requests = await serve(answer(status="302 Found", Location="/"))
    with pytest.raises(RedirectRefused, match="More than 3 redirects"):
        await get(port)
    assert len(requests) == 4


async def test_a_redirect_to_nowhere_is_refused(serve):
    port, _ = await serve(answer(status="302 Found"))
    with pytest.raises(RedirectRefused):
        await get(port)


# Whom it talks to


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://shop.example/", "ftp://shop.example/", "data:text/html,x", "javascript:1",
        "//shop.example/", "shop.example", "", "http://", "http:///x", "http://user:pass@shop.example/",
        "http://user@shop.example/", "http://shop.example:22/", "http://shop.example:6379/", "http://shop.example:0/",
        "http://shop.example:99999/", "http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://017700000001/",
        "http://127.1/", "http://0/", "http://010.0.0.1/", "http://127.0.0.1%00.example/",
        "http://%31%32%37.0.0.1/", "http://a b/", "http://shop.example/\r\nX: 1", "http://[::1/", "http://a..b/",
        "http://" + "a" * 5000, "http://ⓛocalhost/",
    ],
)  # fmt: skip
async def test_an_address_of_the_wrong_form_is_refused_before_anything_is_asked(url):
    resolver = names()
    with pytest.raises(UrlRefused) as refused:
        await fetch(url, resolver=resolver)
    assert resolver.asked == []
    assert isinstance(refused.value, VitrineError) and "pass@" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.0.0.1.:8080/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::169.254.169.254]/",
        "http://[2002:7f00:1::]/", "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://[::]/", "http://0.0.0.0/",
        "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://169.254.169.254/",
        "http://224.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/", "http://[2001:db8::1]/", "http://127。0。0。1/",
    ],
)  # fmt: skip
async def test_an_address_inside_is_refused_however_it_is_written(url):
    with pytest.raises(HostRefused, match="use a public address"):
        await fetch(url, resolver=names())


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST"])
async def test_localhost_is_refused_by_what_the_system_says_it_is(host):
    with pytest.raises(HostRefused, match="this machine itself"):
        await fetch(f"http://{host}/")


async def test_a_name_with_one_bad_address_among_good_ones_is_refused():
    with pytest.raises(HostRefused):
        await fetch("http://shop.example/", resolver=names(**{"shop.example": [PUBLIC, "10.0.0.1"]}))


async def test_a_name_that_is_not_there_is_said_to_be_so():
    with pytest.raises(NotReached, match="Check the spelling"):
        await fetch("http://nowhere.example/", resolver=names())
    with pytest.raises(NotReached):
        await fetch("http://empty.example/", resolver=names(**{"empty.example": [[]]}))


@pytest.fixture
def dialled(monkeypatch, serve):
    """Every connection goes to a server of the test; the addresses that were dialled are kept."""
    real, addresses, ports = httpcore.AnyIOBackend.connect_tcp, [], {}

    async def connect(self, host, port, *rest):
        addresses.append(host)
        return await real(self, "127.0.0.1", ports[port], *rest)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    return addresses, ports


async def test_the_connection_goes_to_the_address_that_was_judged_and_none_is_asked_for_again(serve, dialled):
    addresses, ports = dialled
    ports[80], requests = await serve(answer(b"ok"))
    resolver = names(**{"shop.example": [[PUBLIC], ["127.0.0.1"]]})
    assert (await fetch("http://shop.example/", resolver=resolver)).body == b"ok"
    assert addresses == [PUBLIC] and resolver.asked == ["shop.example"]
    assert "Host: shop.example\r\n" in requests[0]


async def test_a_name_that_changes_its_address_between_redirects_is_judged_again(serve, dialled):
    addresses, ports = dialled
    ports[80], requests = await serve(answer(status="302 Found", Location="/again"))
    with pytest.raises(HostRefused):
        await fetch("http://shop.example/", resolver=names(**{"shop.example": [[PUBLIC], ["127.0.0.1"]]}))
    assert addresses == [PUBLIC] and len(requests) == 1


async def test_the_next_address_is_tried_when_the_first_takes_no_connection(serve, monkeypatch):
    port, _ = await serve(answer(b"ok"))
    resolver = names(**{"shop.example": ["::1", "127.0.0.1"]})
    assert (await get(port, resolver=resolver)).body == b"ok"


async def test_an_allowed_pair_is_allowed_on_its_own_port_only(serve):
    port, _ = await serve(answer(b"ok"))
    other, _ = await serve(answer(b"ok"))
    with pytest.raises(UrlRefused, match=f"uses port {other}"):
        await get(other, allow=[f"shop.example:{port}"])
    with pytest.raises(HostRefused):
        await get(other, allow=[f"shop.example:{port}"], limits=Limits(ports=frozenset({other})))
    assert (await get(other, allow=[f"SHOP.example:{other}"])).body == b"ok"
    assert (await get(other, allow=(), allow_private=True, limits=Limits(ports=frozenset({other})))).body == b"ok"


async def test_an_international_name_is_asked_for_in_its_own_form(serve):
    port, requests = await serve(answer(b"ok"))
    url = f"http://café.example:{port}/ö"
    assert (await fetch(url, allow=[f"xn--caf-dma.example:{port}"], resolver=HERE)).body == b"ok"
    assert requests[0].startswith("GET /%C3%B6 HTTP")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("404 Not Found", "check the address"),
        ("403 Forbidden", "sign-in"),
        ("503 Busy", "later"),
        ("206 Part", "later"),
    ],
)
async def test_a_bad_status_is_said_with_what_to_do(serve, status, words):
    port, _ = await serve(answer(b"x", status=status))
    with pytest.raises(FetchFailed, match=words) as failed:
        await get(port, "/feed?key=secret")
    assert failed.value.http_status == int(status[:3])
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    "reply", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n"]
)
async def test_what_is_no_http_is_said_to_be_so(serve, reply):
    port, _ = await serve(reply)
    with pytest.raises(NotReached, match="does not speak HTTP"):
        await get(port)


async def test_a_closed_port_is_said_to_be_so():
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(NotReached, match="takes no connection"):
        await get(port)


# TLS


def certificate(host, folder):
    """A self-signed certificate for a host: paths of certificate and key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*private))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
async def secure(serve, tmp_path):
    """An https server for shop.example: its port, the client's trust in it, and the server names asked for."""
    cert, key = certificate("shop.example", tmp_path)
    context, asked = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), []
    context.load_cert_chain(cert, key)
    context.sni_callback = lambda sock, name, ctx: asked.append(name)

    async def reply(request, writer):
        writer.write(
            answer(b"ok") if "GET / " in request else answer(status="302 Found", Location="http://shop.example/")
        )

    port, _ = await serve(reply, ssl=context)
    return port, ssl.create_default_context(cafile=cert), asked


async def test_tls_names_the_host_though_the_connection_goes_to_an_address(secure):
    port, tls, asked = secure
    pair = f"shop.example:{port}"
    assert (await fetch(f"https://{pair}/", allow=[pair], resolver=HERE, tls=tls)).body == b"ok"
    assert asked == ["shop.example"]


async def test_a_certificate_for_another_name_is_not_trusted(secure):
    port, tls, _ = secure
    pair = f"other.example:{port}"
    with pytest.raises(NotReached, match="certificate of other.example is not trusted"):
        await fetch(f"https://{pair}/", allow=[pair], resolver=names(**{"other.example": ["127.0.0.1"]}), tls=tls)


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure):
    pair = f"shop.example:{secure[0]}"
    with pytest.raises(NotReached, match="not trusted"):
        await fetch(f"https://{pair}/", allow=[pair], resolver=HERE)


async def test_a_redirect_from_https_to_http_is_refused(secure):
    port, tls, _ = secure
    pair = f"shop.example:{port}"
    with pytest.raises(RedirectRefused, match="from https to http"):
        await fetch(f"https://{pair}/down", allow=[pair], resolver=HERE, tls=tls)


# Properties


@given(st.ip_addresses(v=4))
def test_no_private_ipv4_address_is_let_in_plain_or_in_disguise(address):
    why = forbidden(str(address))
    if not address.is_global or address.is_multicast:
        assert why
    assert forbidden(f"::ffff:{address}")
    assert bool(forbidden(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))))) == bool(
        why
    )


@given(st.ip_addresses(v=6))
def test_no_private_ipv6_address_is_let_in(address):
    if (not address.is_global and address.ipv4_mapped is None) or address.is_multicast or address.is_link_local:
        assert forbidden(str(address)) or address in ipaddress.ip_network("64:ff9b::/96")


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450:4009::200e", "64:ff9b::808:808"])
def test_public_addresses_are_let_in(address):
    assert forbidden(address) is None


@given(st.text(max_size=80) | st.text(max_size=40).map("http://{}/".format) | st.from_regex(r"https?://[!-~]{0,40}"))
async def test_any_text_is_fetched_or_refused_with_words(text):
    try:
        await fetch(text, resolver=names(), limits=Limits(seconds=5))
    except FetchError as error:
        assert error.detail.endswith((".", "feed.tsv")) and len(error.detail) < 500


def test_the_normal_form_of_an_address_has_neither_final_dot_nor_fragment():
    assert str(parse(" HTTP://Shop.Example./a#b ")) == "http://shop.example/a"
