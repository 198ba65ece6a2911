namespace NixAiModels.Validation.Pickle;

/// <summary>Functions of arithmetic that estimators and layers hold: they are harmless with any arguments, may be held
/// as a value and not be called.</summary>
internal static class LibraryFunctions
{
    private static readonly string[] Below =
    [
        "sklearn.cluster",
        "sklearn.metrics",
        "sklearn.feature_selection",
        "sklearn.feature_extraction.text",
        "sklearn.preprocessing",
        "scipy.stats",
        "torch.nn.functional",
        "torch.nn.init",
        "torch._C._nn",
        "torch.nn.modules",
    ];

    private static readonly HashSet<string> Names = new(
        (
            "f_classif f_regression f_oneway r_regression chi2 mutual_info_classif mutual_info_regression "
            + "_kmeans_single_lloyd _kmeans_single_elkan "
            + "strip_accents_unicode strip_accents_ascii strip_tags _identity "
            + "rbf_kernel linear_kernel polynomial_kernel sigmoid_kernel laplacian_kernel "
            + "cosine_similarity chi2_kernel additive_chi2_kernel euclidean_distances manhattan_distances "
            + "cosine_distances haversine_distances "
            + "_passthrough_scorer accuracy_score balanced_accuracy_score f1_score fbeta_score precision_score "
            + "recall_score roc_auc_score average_precision_score r2_score log_loss mean_squared_error "
            + "mean_absolute_error median_absolute_error max_error explained_variance_score "
            + "mean_squared_log_error root_mean_squared_error mean_absolute_percentage_error matthews_corrcoef "
            + "brier_score_loss hinge_loss jaccard_score adjusted_rand_score silhouette_score cohen_kappa_score "
            + "pearsonr spearmanr kendalltau "
            + "relu relu6 gelu silu mish tanh sigmoid softmax log_softmax leaky_relu elu selu celu hardtanh "
            + "hardswish hardsigmoid softplus softsign logsigmoid glu threshold dropout normalize layer_norm "
            + "cross_entropy mse_loss l1_loss smooth_l1_loss nll_loss binary_cross_entropy "
            + "binary_cross_entropy_with_logits cosine_similarity pairwise_distance interpolate max_pool2d avg_pool2d "
            + "adaptive_avg_pool2d relu_ leaky_relu_ elu_ "
            + "xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ normal_ uniform_ constant_ zeros_ "
            + "ones_ eye_ orthogonal_ trunc_normal_"
        ).Split(' '),
        StringComparer.Ordinal
    );

    // Neither modules nor functions that load or write files.
    private static readonly HashSet<string> NumpyArithmetic = new(
        (
            "log log1p log2 log10 exp expm1 sqrt square mean median sum abs absolute sin cos tan tanh sign "
            + "add multiply subtract divide power maximum minimum arctan arcsin arccos sinh cosh floor ceil "
            + "rint reciprocal negative exp2 cbrt std var min max amin amax clip nan"
        ).Split(' '),
        StringComparer.Ordinal
    );

    /// <summary>The rule of all of them.</summary>
    public static GlobalRule Rule { get; } = new(Severity.Report, PermittedUses.Nothing);

    /// <summary>Whether a rule is that of these functions.</summary>
    public static bool IsArithmetic(GlobalRule rule) => ReferenceEquals(rule, Rule);

    /// <summary>Whether a name is one of them.</summary>
    public static bool Has(string module, string name) =>
        module is "numpy" or "numpy.core._multiarray_umath" or "numpy._core._multiarray_umath"
            ? NumpyArithmetic.Contains(name)
        : LibraryGlobals.IsBelow(module, ["scipy.special"])
            ? char.IsAsciiLetterLower(name[0]) && name != "test" && !DangerousGlobals.IsModule(name)
        : Names.Contains(name) && LibraryGlobals.IsBelow(module, Below);
}
