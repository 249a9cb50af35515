"""How much the knowledge base takes. Sizes in bytes, times in seconds."""

MOST_BYTES = 20 * 1024 * 1024
MOST_PAGES = 500
# Of one document, in characters: 500 full pages are about 1.5 million.
MOST_TEXT = 5_000_000
MOST_TYPED_TEXT = 500_000
MOST_DOCUMENTS = 1_000

# Of one imported web page, from the look-up of its name to its last byte.
MOST_PAGE_BYTES = 5 * 1024 * 1024
PAGE_DEADLINE_S = 10.0
