# The variables with which programs find models in a Hugging Face cache and use no network.
#
#   offlineEnvironment : String | null -> { <VARIABLE> : String }
#     the cache, if there is one
#
#   offlineEnvironment "/data/models/hub"
#   => { HF_HUB_CACHE = "/data/models/hub"; HF_HUB_OFFLINE = "1"; … }
cache:
(
  if cache == null then
    { }
  else
    {
      HF_HUB_CACHE = cache;
      # Otherwise that of a service, such as open-webui's, hides the cache.
      SENTENCE_TRANSFORMERS_HOME = cache;
    }
)
// {
  HF_HUB_OFFLINE = "1";
  TRANSFORMERS_OFFLINE = "1";
  HF_DATASETS_OFFLINE = "1";
  LLAMA_ARG_OFFLINE = "1";
}
