using NixAiModels.Validation.Formats;

namespace NixAiModels.Tests.Validation;

public class ChatTemplateTests
{
    [Theory]
    [InlineData("{% for m in messages %}{{ m['role'] + ': ' + m['content'] | trim }}{% endfor %}")]
    [InlineData("{%- set ns = namespace(found=false) -%}{%- set ns.found = true -%}")]
    [InlineData("{{ messages[messages|length - 1].content.split('</think>')[-1].lstrip('\\n') }}")]
    [InlineData("{%- macro item(m) -%}<|{{ m.role }}|>{%- endmacro -%}{{ raise_exception('unknown role ' ~ m.role) }}")]
    [InlineData("__class__ is only text here {# and {{ ''.__class__ }} a comment #}")]
    [InlineData("{{ tool | tojson(indent=2) }}{{ strftime_now('%d %b %Y') }}{{ {'a': {'b': 1}} }}")]
    [InlineData("{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ '__' * 10 }}")]
    [InlineData("{% if m['content'] is string and '[' ~ 'x' in m.content %}{% endif %}")]
    public void An_honest_template_has_nothing_to_report(string template) =>
        ChatTemplate.Suspicions(template).Should().BeEmpty();

    [Theory]
    [InlineData("{{ ''.__class__ }}")]
    [InlineData("{{ ''['__class__'] }}")]
    [InlineData("{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}")]
    [InlineData("{{ ''['\\137\\137class\\137\\137'] }}")]
    [InlineData("{{ ''['__cl' ~ 'ass__'] }}")]
    [InlineData("{{ ''['__cl' + 'ass__'] }}")]
    [InlineData("{{ ''[['__cl', 'ass__']|join] }}")]
    [InlineData("{{ ''['_' * 2 ~ x] }}")]
    [InlineData("{{ ''|attr(x) }}")]
    [InlineData("{{ '' | attr ( 'x' ) }}")]
    [InlineData("{{ x['__ssalc__'|reverse] }}")]
    [InlineData("{{ lipsum.x }}{{ cycler['x'] }}")]
    [InlineData("{{ messages._private }}")]
    [InlineData("{{ f.gi_frame.f_back }}")]
    [InlineData("{% import 'x' as y %}")]
    [InlineData("{%- include x -%}")]
    [InlineData("{{ namespace.__init__.__globals__ }}")]
    [InlineData("{{ ().ˍˍ }}{{ ''.__ｃlass__ }}")]
    [InlineData("{{ ''.__class__")]
    [InlineData("{{ {'a':1}.__class__ }}")]
    [InlineData("{{ '{0.__class__}'.format(x) }}")]
    [InlineData("{% set n='_'*2+'class'+'_'*2 %}{{ [x]|map(attribute=n)|list }}")]
    [InlineData("{% set n=('_'*2)~'class'~('_'*2) %}{{ [x]|sort(attribute=n) }}")]
    [InlineData("{% set n=a|join %}{% set m=n %}{{ x[m] }}")]
    [InlineData("{% set n='a'~b %}{{ [n, x] }}{{ x[n] }}")]
    [InlineData("{% set ns.n='a'~b %}{{ x[ns.n] }}")]
    [InlineData("{% for n in [a|join] %}{{ x[n] }}{% endfor %}")]
    [InlineData("{{ [x]|map('attr', n)|list }}")]
    [InlineData("{{ xs|groupby(n) }}")]
    [InlineData("{{ xs|sort(true, attribute='a' ~ b) }}")]
    public void What_reaches_for_pythons_insides_is_reported(string template) =>
        ChatTemplate.Suspicions(template).Should().NotBeEmpty();
}
