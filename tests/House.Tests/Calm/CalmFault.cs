namespace Berth.House.Calm;

/// <summary>One place where the outcome of a test may depend on the machine's speed, or where a test leaves another rule.</summary>
/// <param name="Rule">The word of the rule in <c>allowed.txt</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Advice">What to do instead.</param>
internal sealed record CalmFault(string Rule, int Line, string Advice);
