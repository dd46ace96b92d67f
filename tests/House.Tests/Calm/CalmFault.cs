namespace Berth.House.Calm;

/// <summary>One place where the outcome of a test may depend on the speed of the machine, or where a test leaves the rules for tests.</summary>
/// <param name="Rule">The word of the rule in <c>allowed.txt</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Advice">What to do instead.</param>
internal sealed record CalmFault(string Rule, int Line, string Advice);
