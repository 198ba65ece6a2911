# The presets: plain data, to use as they are or to compose.
#
#   validation = presets.strict;
#   validation = presets.standard // { validators = presets.standard.validators ++ [ (maxSize "50G") ]; };
#
# The executable has the same table for `validate --preset` (fetcher/Validation/Presets.cs); a test
# compares the two.
let
  validators = import ./validators.nix;

  # Refuses what the standard preset only reports.
  refuseReported = map (validator: validator // { refuse = "report"; });
in
rec {
  # No validation, and no hashes in the report.
  none = {
    enable = false;
    validators = [ ];
    onFailure = "skip";
    timeout = 600;
  };

  # The structure of the files, as warnings, within a minute.
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

  # All scanners. Code that runs only when the user opts in is reported; anything worse is refused.
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

  # Nothing that can run code: safetensors or GGUF, known text, pictures and sound, and nothing else;
  # no links, a licence.
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

  # In addition, a trusted key must have signed the model:
  #   validation = { preset = "paranoid"; validators = [ (validators.signature { trustedPublicKeys = [ … ]; }) ]; };
  paranoid = strict // {
    validators = strict.validators ++ [
      (validators.maxSize "100G")
      (validators.requiredFiles [ "README.md" ])
      (validators.signature { trustedPublicKeys = [ ]; })
    ];
  };
}
