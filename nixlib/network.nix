# Checks how a download may use the line.
#
#   network : String -> AttrSet -> { connections : Int | null; bandwidthLimit : String | null; }
#
#   network "fetchHuggingFace" { network = { connections = 4; bandwidthLimit = "50M"; }; }
#   => { connections = 4; bandwidthLimit = "50M"; }
let
  fail = import ./fail.nix;
  knownArguments = import ./knownArguments.nix;
in
where: args:
let
  network = args.network or { };
  connections = network.connections or null;
  bandwidthLimit = network.bandwidthLimit or null;
in
knownArguments
  {
    inherit where;
    known = [
      "connections"
      "bandwidthLimit"
    ];
    args = network;
    prefix = "network.";
  }
  {
    connections =
      if connections == null || builtins.isInt connections && connections >= 1 && connections <= 256 then
        connections
      else
        fail where "`network.connections` must be a whole number from 1 to 256, such as network.connections = 8;";
    bandwidthLimit =
      if bandwidthLimit == null || builtins.isString bandwidthLimit && builtins.match "[0-9]+([.][0-9]+)?[kKmMgG]?[bB]?" bandwidthLimit != null then
        bandwidthLimit
      else
        fail where "`network.bandwidthLimit` must be bytes a second, such as network.bandwidthLimit = \"50M\";";
  }
