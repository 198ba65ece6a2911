# The presets: plain data, to be used as they are or composed.
#
#   validation = presets.strict;
#   validation = presets.standard // { validators = presets.standard.validators ++ [ (validators.maxSize "50G") ]; };
#
# The executable has the same table (fetcher/Validation/Presets.cs) for `validate --preset`; a test compares the two.
let
  validators = import ./validators.nix;

  # What standard only reports is refused.
  refuseReported = map (validator: validator // { refuse = "report"; });
in
rec {
  # Nothing is looked at, and the report has no hashes.
  none = {
    enable = false;
    validators = [ ];
    onFailure = "skip";
    timeout = 600;
  };

  # The structure of what is there, as a warning, within a minute.
  minimal = {
    enable = true;
    validators = [
      validators.integrity
      validators.safetensors
      validators.gguf
      validators.onnx
    ];
    onFailure = "warn";
    timeout = 60;
  };

  # All scanners. What runs only when the user opts in is reported, everything worse is refused.
  standard = {
    enable = true;
    validators = [
      validators.integrity
      validators.disguise
      validators.pickleScan
      validators.safetensors
      validators.gguf
      validators.onnx
      validators.keras
      validators.optInCode
    ];
    onFailure = "abort";
    timeout = 600;
  };

  # Nothing that can run code: no pickles, safetensors or GGUF only, no Python, no programs, no links, a licence.
  strict = standard // {
    validators = refuseReported standard.validators ++ [
      validators.noPickleFiles
      validators.safetensorsOnly
      validators.noPythonCode
      validators.noExecutables
      validators.noSymlinks
      validators.validConfigJson
      (validators.license [ ])
    ];
  };

  # Besides, a trusted key must have signed it. The keys are yours to give:
  #   validation = { preset = "paranoid"; validators = [ (validators.signature { trustedPublicKeys = [ … ]; }) ]; };
  paranoid = strict // {
    validators = strict.validators ++ [
      (validators.maxSize "100G")
      (validators.requiredFiles [ "README.md" ])
      (validators.signature { trustedPublicKeys = [ ]; })
    ];
  };
}
