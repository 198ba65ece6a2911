using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>The lists of classes decide, and not the name of a package.</summary>
public sealed class ReadClassesTests
{
    [Theory]
    [InlineData("transformers.training_args", "TrainingArguments")]
    [InlineData("transformers.training_args_seq2seq", "Seq2SeqTrainingArguments")]
    [InlineData("transformers.models.bert.configuration_bert", "BertConfig")]
    [InlineData("transformers.models.bert.modeling_bert", "BertForSequenceClassification")]
    [InlineData("transformers.models.bert.tokenization_bert_fast", "BertTokenizerFast")]
    [InlineData("transformers.models.t5.tokenization_t5", "T5Tokenizer")]
    [InlineData("transformers.tokenization_utils", "Trie")]
    [InlineData("transformers.pipelines.text_classification", "TextClassificationPipeline")]
    [InlineData("transformers.integrations.deepspeed", "HfTrainerDeepSpeedConfig")]
    [InlineData("accelerate.state", "PartialState")]
    [InlineData("trl.trainer.sft_config", "SFTConfig")]
    [InlineData("peft.tuners.lora.config", "LoraConfig")]
    [InlineData("ultralytics.nn.tasks", "DetectionModel")]
    [InlineData("ultralytics.nn.modules.block", "C2f")]
    [InlineData("ultralytics.utils.loss", "v8DetectionLoss")]
    [InlineData("lightning.pytorch.callbacks.model_checkpoint", "ModelCheckpoint")]
    [InlineData("pytorch_lightning.callbacks.early_stopping", "EarlyStopping")]
    [InlineData("pytorch_lightning.utilities.parsing", "AttributeDict")]
    [InlineData("lightning_fabric.utilities.data", "AttributeDict")]
    [InlineData("torchmetrics.classification.accuracy", "MulticlassAccuracy")]
    [InlineData("omegaconf.dictconfig", "DictConfig")]
    [InlineData("omegaconf.base", "ContainerMetadata")]
    [InlineData("timm.models.vision_transformer", "VisionTransformer")]
    [InlineData("torchvision.models.resnet", "ResNet")]
    [InlineData("torchvision.transforms.transforms", "Compose")]
    [InlineData("sentence_transformers.SentenceTransformer", "SentenceTransformer")]
    [InlineData("sentence_transformers.models.Pooling", "Pooling")]
    [InlineData("fairseq.data.dictionary", "Dictionary")]
    [InlineData("diffusers.configuration_utils", "FrozenDict")]
    [InlineData("lightgbm.sklearn", "LGBMClassifier")]
    [InlineData("catboost.core", "CatBoostClassifier")]
    [InlineData("imblearn.pipeline", "Pipeline")]
    [InlineData("gensim.models.keyedvectors", "KeyedVectors")]
    [InlineData("nltk.tokenize.punkt", "PunktParameters")]
    [InlineData("hmmlearn.hmm", "GaussianHMM")]
    [InlineData("category_encoders.one_hot", "OneHotEncoder")]
    [InlineData("einops.layers.torch", "Rearrange")]
    [InlineData("deepspeed.runtime.fp16.loss_scaler", "LossScaler")]
    [InlineData("tokenizers", "AddedToken")]
    [InlineData("sklearn.linear_model._base", "LinearRegression")]
    public void A_listed_class_is_made_and_filled(string module, string name) =>
        Scan(Instance(module, name)).Should().OnlyContain(finding => finding.Severity == Severity.Report);

    [Theory]
    [InlineData("transformers.tokenization_bert", "BertTokenizer")]
    [InlineData("transformers.configuration_bert", "BertConfig")]
    [InlineData("ultralytics.nn.modules", "Conv")]
    [InlineData("ultralytics.yolo.utils.loss", "v8DetectionLoss")]
    [InlineData("timm.models.layers.drop", "DropPath")]
    [InlineData("timm.models.efficientnet_blocks", "InvertedResidual")]
    public void A_class_of_an_older_version_is_found_by_its_name(string module, string name) =>
        Scan(Instance(module, name)).Should().OnlyContain(finding => finding.Severity == Severity.Report);

    [Theory]
    [InlineData("transformers.trainer_utils", "IntervalStrategy", "no")]
    [InlineData("transformers.trainer_utils", "SaveStrategy", "steps")]
    [InlineData("transformers.training_args", "OptimizerNames", "adamw_torch_fused")]
    [InlineData("accelerate.utils.dataclasses", "DistributedType", "NO")]
    [InlineData("deepspeed.runtime.zero.config", "ZeroStageEnum", "2")]
    public void A_member_of_a_listed_enumeration_is_named(string module, string name, string value) =>
        Scan(new PickleAssembler(2).Global(module, name).Text(value).Tuple(1).Reduce().Stop())
            .Should()
            .OnlyContain(finding => finding.Severity == Severity.Report);

    [Theory]
    [InlineData("transformers.pipelines.pt_utils", "PipelineIterator")]
    [InlineData("transformers.models.bert_japanese.tokenization_bert_japanese", "BertJapaneseTokenizer")]
    [InlineData("transformers.models.evil", "Evil")]
    [InlineData("transformers.evil", "BertConfig")]
    [InlineData("ultralytics.hub.auth", "Auth")]
    [InlineData("lightning.pytorch.strategies.ddp", "DDPStrategy")]
    [InlineData("pytorch_lightning.strategies.ddp", "DDPStrategy")]
    [InlineData("torchmetrics.classification.accuracy", "Accuracy")]
    [InlineData("lightgbm.basic", "Dataset")]
    [InlineData("datasets.arrow_dataset", "Dataset")]
    [InlineData("skops.io", "Anything")]
    public void A_class_that_is_not_listed_is_refused_and_can_be_allowed(string module, string name)
    {
        using var model = new ModelFolder().With("a.pkl", Instance(module, name));
        var refuse = () => model.Run(new ValidatorSpec { Name = "pickleScan" }).ThrowIfRefused();
        refuse.Should().Throw<Failure>().Which.Next.Should().Contain($"allow = [ \"{module}.{name}\" ]");
    }

    private static byte[] Instance(string module, string name) =>
        new PickleAssembler(2)
            .Global(module, name)
            .Op(")")
            .Raw(0x81)
            .Op("}")
            .Text("name")
            .Text("value")
            .Op("sb")
            .Stop();

    private static List<Finding> Scan(byte[] pickle)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan("a.pkl", new MemorySource(pickle), findings.Add, TestContext.Current.CancellationToken);
        return findings;
    }
}
