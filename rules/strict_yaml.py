"""YAML as this house allows it: no repeated keys, no anchors, no dates or booleans made out of words."""

import re
from typing import Any

import yaml

LARGEST = 1024 * 1024
"""No data file of the house is larger, in characters."""


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses what a careful reader of the file would not expect."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a file says what it says where it says it."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
            raise yaml.constructor.ConstructorError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that appears twice instead of keeping the last one."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                message = f"the key {key!r} appears twice"
                raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:float")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))


def strict_yaml(text: str) -> Any:
    """Return what the text says; raise yaml.YAMLError, with line and column, where it is not strict."""
    if len(text) > LARGEST:
        raise yaml.YAMLError(f"larger than {LARGEST} characters")
    return yaml.load(text, _StrictLoader)  # the loader is a SafeLoader
