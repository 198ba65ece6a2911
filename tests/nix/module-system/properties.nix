# mkIf, mkMerge, mkOverride: marks around a definition, taken off where it meets its option.
let
  inherit (builtins)
    concatMap
    filter
    foldl'
    isAttrs
    mapAttrs
    ;
  kind = value: if isAttrs value then value._type or null else null;
  mark = type: attributes: attributes // { _type = type; };
in
rec {
  mkIf = condition: content: mark "if" { inherit condition content; };
  mkMerge = contents: mark "merge" { inherit contents; };
  mkOverride = priority: content: mark "override" { inherit priority content; };
  mkForce = mkOverride 50;
  mkDefault = mkOverride 1000;
  mkOptionDefault = mkOverride 1500;

  # A set under marks as sets whose attributes are under them: which attributes there are does not
  # depend on a condition, so that a condition may ask for the configuration that it is part of.
  pushDown =
    value:
    let
      around = wrap: map (mapAttrs (_: wrap)) (pushDown value.content);
    in
    {
      "if" = around (mkIf value.condition);
      override = around (mkOverride value.priority);
      merge = concatMap pushDown value.contents;
    }
    .${toString (kind value)} or [ value ];

  # The values of an option's definitions, of those with the strongest priority. As in nixpkgs, what
  # is overridden is not evaluated.
  discharge =
    definitions:
    let
      open =
        value:
        {
          "if" = if value.condition then open value.content else [ ];
          merge = concatMap open value.contents;
          override = [
            {
              values = concatMap (inner: inner.values) (open value.content);
              inherit (value) priority;
            }
          ];
        }
        .${toString (kind value)} or [
          {
            values = [ value ];
            priority = 100;
          }
        ];
      all = concatMap open definitions;
      strongest = foldl' (best: each: if each.priority < best then each.priority else best) 9999 all;
    in
    concatMap (each: each.values) (filter (each: each.priority == strongest) all);
}
