using System.Globalization;

namespace Berth.Cli.Doctor;

/// <summary>Checks the API server itself: its answer, its version, and its clock.</summary>
internal sealed class ServerChecks(DoctorTask task, ApiQuestions api, string berthVersion)
{
    // EndpointSlices of discovery.k8s.io/v1 are there since 1.21.
    private const int OldestMinor = 21;

    // HTTP dates have whole seconds, and the answer took some time.
    private static readonly TimeSpan s_close = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_wrong = TimeSpan.FromSeconds(60);

    /// <summary>True when the server did not answer at all, so that further questions are useless.</summary>
    public bool IsSilent { get; private set; }

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset asked = task.Host.Time.GetUtcNow();
        ApiAnswer answer = await api.GetAsync("/version", cancellationToken).ConfigureAwait(false);
        DateTimeOffset answered = task.Host.Time.GetUtcNow();
        IsSilent = answer.IsSilent;
        if (IsSilent)
        {
            return
            [
                CheckResult.Failed(
                    "server", answer.Fault!, "Check the server's address, the network between, and the certificate of its CA."),
            ];
        }

        return [Version(answer), Clock("the API server", "clock", answer.Date, asked, answered)];
    }

    /// <summary>Compares a clock with ours.</summary>
    /// <param name="whose">The owner of the clock.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="date">The time of the clock, in whole seconds, or null when it is unknown.</param>
    /// <param name="asked">Our time before.</param>
    /// <param name="answered">Our time after.</param>
    public static CheckResult Clock(string whose, string name, DateTimeOffset? date, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (date is not { } theirs)
            return CheckResult.Skipped(name, $"{Capital(whose)} does not state its time.");
        TimeSpan ahead = theirs > answered ? theirs - answered
            : theirs.AddSeconds(1) < asked ? theirs.AddSeconds(1) - asked
            : TimeSpan.Zero;
        if (ahead.Duration() <= s_close)
            return CheckResult.Ok(name, $"The clocks here and of {whose} agree.");
        string sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"The clock of {whose} is {ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the one here.");
        return new CheckResult(
            name, ahead.Duration() < s_wrong ? CheckState.Warning : CheckState.Failed, sentence,
            "Set the clock of the machine that is wrong (chrony, systemd-timesyncd). Certificates, tokens and seat tickets count by it.");
    }

    private CheckResult Version(ApiAnswer answer)
    {
        string? version = answer.IsGood ? ApiAnswer.Text(answer.Body, "gitVersion") : null;
        if (version is null)
        {
            return CheckResult.Warning(
                "server", $"The API server answers, and does not state its version: {answer.Fault ?? "there is no gitVersion"}.",
                $"Check with kubectl version that it is Kubernetes 1.{OldestMinor} or later.");
        }

        string[] parts = version.TrimStart('v').Split('.');
        bool isOld = parts.Length > 1 && parts[0] == "1" && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int minor)
            && minor < OldestMinor;
        return isOld
            ? CheckResult.Failed(
                "server", $"Kubernetes {version} has no EndpointSlices of discovery.k8s.io/v1.",
                $"Use Kubernetes 1.{OldestMinor} or later.")
            : CheckResult.Ok("server", $"Kubernetes {version} answers; this is berth {berthVersion}.");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
