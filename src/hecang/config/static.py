"""How files of the web desk are handed out."""

from __future__ import annotations

from wsgiref.headers import Headers

#: Everything comes from us; styles are made at run time by the component library.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)

#: Handhelds read barcodes in pictures by WebAssembly.
HANDHELD_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
)
HANDHELD_PAGE = "pda.html"


def immutable(_path: str, url: str) -> bool:
    """Whether a file never changes under its name: the build puts a hash into those below /assets/."""
    return url.startswith("/assets/")


def add_headers(headers: Headers, path: str, _url: str) -> None:
    """Protect pages; never keep an old entry page, which would ask for files that are gone."""
    if path.endswith(".html"):
        handheld = path.endswith(HANDHELD_PAGE)
        headers["Content-Security-Policy"] = HANDHELD_SECURITY_POLICY if handheld else CONTENT_SECURITY_POLICY
        headers["X-Frame-Options"] = "DENY"
        headers["Cache-Control"] = "no-cache"
