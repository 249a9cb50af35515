"""Why a web page could not be fetched."""


class PageNotFetched(Exception):
    """No page came. `code` is one of the words below; nothing of the page or its address is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


NOT_PUBLIC = "address_not_public"
NO_SUCH_HOST = "no_such_host"
NOT_SECURE = "not_secure"
UNREACHABLE = "unreachable"
TOO_SLOW = "page_too_slow"
TOO_LARGE = "page_too_large"
GONE = "page_gone"
REFUSED = "page_refused"
NOT_HTML = "not_html"
TOO_MANY_REDIRECTS = "too_many_redirects"
