"""Reads HTML without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "col", "input", "meta"}


class Page(HTMLParser):
    """Collects tags, attributes and texts, and what is not closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.attributes, self.texts, self.open, self.wrong = text, [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def shown(self):
        return "".join(text for tag, text in self.texts if tag not in {"style", "script"})

    def values(self, name):
        return [value for _, key, value in self.attributes if key == name]
