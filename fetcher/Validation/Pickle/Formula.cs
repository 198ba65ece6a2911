using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Pickle;

/// <summary>The formulas of statsmodels' results, which patsy evaluates as Python while it loads them
/// (statsmodels/base/data.py, ModelData.__setstate__).</summary>
internal static partial class Formula
{
    /// <summary>Whether it only names columns and applies patsy's own transforms and arithmetic to them: nothing else
    /// is called, no attribute is looked up.</summary>
    public static bool IsHarmless(string text) => text.Length <= 4096 && Form().IsMatch(text);

    // A parenthesis after a word, a string or another parenthesis would call it.
    [GeneratedRegex(
        @"\A(?>\s+"
            + @"|(?<![\w.)])(?:C|I|Q|center|standardize|scale)\("
            + @"|(?<![\w.)])np\.(?:log|log1p|log2|log10|exp|expm1|sqrt|abs|square)\("
            + @"|(?<![\w.)""'])(?:""[\w .%-]*""|'[\w .%-]*')(?!\s*[\w.(""'])"
            + @"|(?<![\w.)""'])[A-Za-z_]\w*(?!\s*[\w.(""'])"
            + @"|(?<![\w.])\d+(?:\.\d+)?(?!\s*[\w.(""'])"
            + @"|(?<![\w)""']\s*)\("
            + @"|\)(?!\s*[\w.(""'])"
            + @"|[-+*:/^~,|])+\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Form();
}
