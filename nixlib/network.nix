# Checks how a download uses the network: how much of it, and which way.
#
#   network : String -> AttrSet
#     -> { connections : Int | null; bandwidthLimit : String | null; transport : String | null; }
#
#   network "fetchHuggingFace" { network = { connections = 4; bandwidthLimit = "50M"; }; }
#   => { connections = 4; bandwidthLimit = "50M"; transport = null; }
let
  fail = import ./fail.nix;
  knownArguments = import ./knownArguments.nix;
  inherit (builtins)
    elem
    isInt
    isString
    match
    ;

  isConnections = value: isInt value && value >= 1 && value <= 256;
  isRate = value: isString value && match "[0-9]+([.][0-9]+)?[kKmMgG]?[bB]?" value != null;
  transports = [
    "auto"
    "plain"
    "xet"
  ];
in
where: args:
let
  network = args.network or { };
  connections = network.connections or null;
  bandwidthLimit = network.bandwidthLimit or null;
  transport = network.transport or null;
in
knownArguments
  {
    inherit where;
    known = [
      "connections"
      "bandwidthLimit"
      "transport"
    ];
    args = network;
    prefix = "network.";
  }
  {
    connections =
      if connections == null || isConnections connections then
        connections
      else
        fail where "`network.connections` must be an integer from 1 to 256" "network.connections = 8;";
    bandwidthLimit =
      if bandwidthLimit == null || isRate bandwidthLimit then
        bandwidthLimit
      else
        fail where "`network.bandwidthLimit` must be in bytes per second"
          "network.bandwidthLimit = \"50M\";";
    transport =
      if transport == null || elem transport transports then
        transport
      else
        fail where "`network.transport` must be \"auto\", \"plain\" or \"xet\""
          "network.transport = \"auto\";";
  }
