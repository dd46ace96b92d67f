using System.Globalization;

namespace Berth.Soak;

/// <summary>The options of a soak.</summary>
/// <param name="Duration">The time of the churn, 10 s to 24 h. Default 60 s.</param>
/// <param name="Seed">The seed of the churn. Default 1.</param>
/// <param name="Replicas">The usual number of pods of service B, 2 to 20. Default 4.</param>
/// <param name="Pace">The mean time between two acts of churn, 0.1 s to 1 min. Default 1.5 s.</param>
/// <param name="Spell">The time of churn before each pause for the checks that need a quiet cluster, 1 s to 10 min. Default 6 s.</param>
/// <param name="Program">The program berth that pods run; null for this build's own.</param>
internal sealed record SoakOptions(TimeSpan Duration, int Seed, int Replicas, TimeSpan Pace, TimeSpan Spell, string? Program)
{
    public const string Usage = """
        Runs service A, pods of service B and a local cluster under churn, and checks every answer of A against what the cluster knew.
          bench/soak/run [--duration 60s] [--seed 1] [--replicas 4] [--pace 1.5s] [--spell 6s] [--program PATH]
        Durations are written 90s, 10m or 1h. --program names a berth for the pods, such as the
        Native AOT one (default: BERTH_AOT_PROGRAM, else this build's).
        Exit code 0: every check held; 1: one did not, or the cluster never came to rest; 2: usage.
        """;

    /// <summary>Reads the command line.</summary>
    /// <returns>The options, or null and a sentence with the fault.</returns>
    public static SoakOptions? Parse(string[] arguments, Func<string, string?> environment, out string fault)
    {
        SoakOptions options = new(
            TimeSpan.FromSeconds(60), 1, 4, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(6),
            environment("BERTH_AOT_PROGRAM") is { Length: > 0 } path ? path : null);
        fault = "";
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length)
            {
                fault = $"{arguments[i]} has no value.";
                return null;
            }

            if (Read(options, arguments[i], arguments[i + 1]) is not { } read)
            {
                fault = $"{arguments[i]} {arguments[i + 1]} is not understood, or outside its range.";
                return null;
            }

            options = read;
        }

        return options;
    }

    private static SoakOptions? Read(SoakOptions options, string name, string value) => name switch
    {
        "--duration" when Span(value, 10, 86_400) is { } span => options with { Duration = span },
        "--pace" when Span(value, 0.1, 60) is { } span => options with { Pace = span },
        "--spell" when Span(value, 1, 600) is { } span => options with { Spell = span },
        "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out int seed) => options with { Seed = seed },
        "--replicas" when int.TryParse(value, CultureInfo.InvariantCulture, out int count) && count is >= 2 and <= 20 =>
            options with { Replicas = count },
        "--program" when File.Exists(value) => options with { Program = Path.GetFullPath(value) },
        _ => null,
    };

    private static TimeSpan? Span(string text, double least, double most)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (unit == 0 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return null;
        double seconds = number * unit;
        return seconds >= least && seconds <= most ? TimeSpan.FromSeconds(seconds) : null;
    }
}
