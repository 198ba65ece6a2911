# A set without what is null or an empty list, for which the executable has a default.
#
#   present : AttrSet -> AttrSet
#
#   present { repo = "gpt2"; endpoint = null; files = [ ]; }
#   => { repo = "gpt2"; }
let
  inherit (builtins) attrNames filter;
in
set: removeAttrs set (filter (name: set.${name} == null || set.${name} == [ ]) (attrNames set))
