"""The carrier: bundles that a person brings to a department without a network, and the answers that come back."""
