using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

public sealed class FormulaTests
{
    [Theory]
    [InlineData("y ~ a + b")]
    [InlineData("np.log(price) ~ C(city) + I(a ** 2) * b - 1")]
    [InlineData("y ~ center(a):scale(b) + (a + b)**2")]
    [InlineData("Lottery ~ Literacy + np.log(Pop1831) + C(Region)")]
    [InlineData("y ~ Q('weight (kg)')", false)]
    [InlineData("y ~ Q('weight kg') + Q(\"age-2\")")]
    [InlineData("y ~ __import__('os').system('x')", false)]
    [InlineData("y ~ eval('x')", false)]
    [InlineData("y ~ I((open)('x'))", false)]
    [InlineData("y ~ I(open ('x'))", false)]
    [InlineData("y ~ I(open\n('x'))", false)]
    [InlineData("y ~ a.to_csv(b)", false)]
    [InlineData("y ~ a .b", false)]
    [InlineData("y ~ np.load(b)", false)]
    [InlineData("y ~ xnp.log(b)", false)]
    [InlineData("y ~ exec.np.log(b)", false)]
    [InlineData("y ~ EC(b)", false)]
    [InlineData("y ~ I('x'(b))", false)]
    [InlineData("y ~ I(f'{open(1)}')", false)]
    [InlineData("y ~ I(f 'a')", false)]
    [InlineData("y ~ I([open][0]('x'))", false)]
    [InlineData("y ~ I({open: 1})", false)]
    [InlineData("y ~ I(a := 1)", false)]
    [InlineData("y ~ I(@a)", false)]
    [InlineData("y ~ C (a)", false)]
    public void A_formula_that_only_names_columns_is_harmless(string text, bool harmless = true) =>
        Formula.IsHarmless(text).Should().Be(harmless);
}
