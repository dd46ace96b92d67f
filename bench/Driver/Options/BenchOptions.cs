using Berth.Bench.Cluster;

namespace Berth.Bench.Options;

/// <summary>The options from bench/run: the paths of the programs, and the amount of work.</summary>
internal sealed record BenchOptions
{
    /// <summary>The Native AOT program.</summary>
    public required string Berth { get; init; }

    /// <summary>The bare Kestrel peer, built with the same settings.</summary>
    public required string Bare { get; init; }

    /// <summary>The peers over the official client.</summary>
    public required string Clients { get; init; }

    /// <summary>The peer in Go, or null where there is no Go.</summary>
    public string? Go { get; init; }

    /// <summary>An earlier build of the Native AOT program, or null.</summary>
    public string? Before { get; init; }

    /// <summary>The peers of that build, whose list is ours as it was, or null.</summary>
    public string? BeforeClients { get; init; }

    /// <summary>The image archive, or null when none was built.</summary>
    public string? Image { get; init; }

    /// <summary>Measures the rows that use the API with a real one too.</summary>
    public bool Assets { get; init; }

    /// <summary>Starts the API server of the rows: the fake one, unless the rows are compared with a real one.</summary>
    public Func<Fleet, Task<IApiServer>> StartApi { get; init; } = static async fleet => await FakeApi.StartAsync(fleet);

    /// <summary>
    /// Waits until it is this side's turn. Rows call it before each round, and between parts that have no rounds. Only rows that are
    /// compared with the same rows at another API server wait.
    /// </summary>
    public Func<Task> Turn { get; init; } = static () => Task.CompletedTask;

    /// <summary>Rows to measure, by name; all when empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Rounds of each comparison.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>The time of the load on one side in one round, in seconds.</summary>
    public int Seconds { get; init; } = 2;

    /// <summary>The number of requests that each side answers before its memory is read.</summary>
    public long Requests { get; init; } = 1_000_000;

    public static BenchOptions Parse(string[] args)
    {
        Dictionary<string, string> given = [];
        for (int i = 0; i + 1 < args.Length; i += 2)
            given[args[i].TrimStart('-')] = args[i + 1];
        int Number(string name, int otherwise) =>
            given.TryGetValue(name, out string? text) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
        return new BenchOptions
        {
            Berth = given["berth"],
            Bare = given["bare"],
            Clients = given["clients"],
            Go = given.GetValueOrDefault("go"),
            Before = given.GetValueOrDefault("before"),
            BeforeClients = given.GetValueOrDefault("before-clients"),
            Image = given.GetValueOrDefault("image"),
            Assets = given.ContainsKey("assets"),
            Only = given.GetValueOrDefault("only")?.Split(',') ?? [],
            Rounds = Number("rounds", 5),
            Seconds = Number("seconds", 2),
            Requests = Number("requests", 1_000_000),
        };
    }
}
