namespace Berth.Cli.Doctor;

/// <summary>One line of the doctor.</summary>
/// <param name="Name">The check, such as <c>list</c>.</param>
/// <param name="State">The outcome.</param>
/// <param name="What">A sentence with the values.</param>
/// <param name="Remedy">A sentence that says what to do, or null.</param>
internal sealed record CheckResult(string Name, CheckState State, string What, string? Remedy = null)
{
    public static CheckResult Ok(string name, string what) => new(name, CheckState.Ok, what);

    public static CheckResult Skipped(string name, string what) => new(name, CheckState.Skipped, what);

    public static CheckResult Warning(string name, string what, string remedy) => new(name, CheckState.Warning, what, remedy);

    public static CheckResult Failed(string name, string what, string remedy) => new(name, CheckState.Failed, what, remedy);
}
