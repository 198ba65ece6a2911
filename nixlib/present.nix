# A set without what is null or an empty list: what is not said takes its default in the executable.
#
#   present : AttrSet -> AttrSet
#
#   present { repo = "gpt2"; endpoint = null; files = [ ]; }
#   => { repo = "gpt2"; }
set: removeAttrs set (builtins.filter (name: set.${name} == null || set.${name} == [ ]) (builtins.attrNames set))
