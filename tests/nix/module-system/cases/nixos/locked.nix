# Models of a lock file, one of them with something to add.
{
  services.ai-models = {
    enable = true;
    lockFile = ../../../../../examples/public-models/models.lock.json;
    models.gemma-4-e2b.validation.preset = "strict";
    fetch = "activation";
  };
}
