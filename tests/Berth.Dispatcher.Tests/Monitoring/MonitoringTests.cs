using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Dispatcher.Tests.Edge;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Monitoring;

/// <summary>
/// deploy/monitoring: the alerts by promtool, and every metric and label that they and the dashboard name by a real scrape.
/// </summary>
public sealed partial class MonitoringTests
{
    private const string Token = "lobby-token-0123456789";

    /// <summary>Labels that Prometheus adds to what it scrapes.</summary>
    private static readonly string[] s_added = ["instance", "job"];

    [Fact]
    public async Task Alerts_fire_when_they_should_and_not_otherwise()
    {
        string promtool = FindPromtool();
        string folder = Path.Combine(Checkout.Root, "deploy", "monitoring");
        Assert.Equal(0, await RunAsync(promtool, "check", "rules", Path.Combine(folder, "rules.yaml")));
        Assert.Equal(0, await RunAsync(promtool, "test", "rules", Path.Combine(folder, "rules.test.yaml")));
        // Each alert has both tests.
        string tests = Checkout.Read("deploy/monitoring/rules.test.yaml");
        string[] alerts = [.. AlertName().Matches(Checkout.Read("deploy/monitoring/rules.yaml")).Select(static m => m.Groups[1].Value)];
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains($"name: {alert} fires\n", tests, StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Contains($"name: {alert} is quiet\n", tests, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Expressions_of_the_dashboard_are_sound()
    {
        string promtool = FindPromtool();
        string rules = "groups:\n- name: dashboard\n  rules:\n" + string.Concat(ReadDashboard().Select(static (expression, i) =>
            $"  - record: panel:{i}\n    expr: {JsonSerializer.Serialize(Fill(expression))}\n"));
        using TestFile file = new(rules);
        Assert.Equal(0, await RunAsync(promtool, "check", "rules", file.Path));
    }

    [Fact]
    public async Task Every_metric_and_label_exists()
    {
        Dictionary<string, HashSet<string>> scraped = await ScrapeAsync();
        List<string> faults = [];
        string rules = Checkout.Read("deploy/monitoring/rules.yaml");
        foreach (string expression in ReadDashboard().Append(Template().Replace(rules, "")))
        {
            HashSet<string> labels = [.. s_added];
            foreach (Match metric in Metric().Matches(Braces().Replace(By().Replace(expression, ""), "")))
            {
                if (!scraped.TryGetValue(metric.Value, out HashSet<string>? own))
                    faults.Add($"{metric.Value} does not exist");
                labels.UnionWith(own ?? []);
            }

            foreach (Match match in Selector().Matches(expression))
            {
                faults.AddRange(
                    match.Groups[2].Value.Split(',').Select(static part => part.Split('=', '~', '!')[0].Trim())
                        .Where(label => scraped.TryGetValue(match.Groups[1].Value, out HashSet<string>? own) && !own.Contains(label))
                        .Select(label => $"{match.Groups[1].Value} has no label {label}"));
            }

            faults.AddRange(
                By().Matches(expression).SelectMany(static m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
                    .Where(label => label.Length > 0 && !labels.Contains(label)).Select(label => $"no label {label}: {expression}"));
        }

        Assert.Equal("", string.Join('\n', faults));
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\{\{.*?\}\}")]
    private static partial Regex Template();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(berth|process|dotnet|http)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\b((?:berth|process|dotnet|http)_[a-z_]+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(?:by|on) \(([^)]*)\)")]
    private static partial Regex By();

    private static string Fill(string expression) => expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal)
        .Replace("$namespace", ".*", StringComparison.Ordinal).Replace("$service", ".*", StringComparison.Ordinal);

    private static string[] ReadDashboard()
    {
        using JsonDocument dashboard = JsonDocument.Parse(Checkout.Read("deploy/monitoring/dashboard.json"));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
                .Select(static target => target.GetProperty("expr").GetString()!),
        ];
    }

    /// <summary>Has a dispatcher do everything that is counted, and returns the labels of each metric.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> ScrapeAsync()
    {
        using TlsFiles files = new();
        using X509Certificate2 certificate = files.Authority.Server("localhost");
        string tokens = files.Write("tokens", $"lobby {Token}");
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["https://127.0.0.1:0"], AdminUrls = ["http://127.0.0.1:0"], TokenFile = tokens,
            Tls = new DispatcherTlsOptions { Certificates = [files.Write("server", certificate)] },
            ClientLimits = new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 2 },
        });
        using HttpClient admin = new() { BaseAddress = new Uri(edge.Server.AdminAddresses[0]) };
        using HttpResponseMessage early = await admin.GetAsync("/readyz", DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        await edge.Source.PublishAsync(
            edge.OtherView, [DispatcherFixture.Pod(0, set: "service-c")], cancellationToken: DispatcherFixture.Cancelled);
        SnapshotBuilder builder = new(DispatcherFixture.B, DispatcherFixture.Ports);
        builder.Set(DispatcherFixture.Pod(0));
        builder.Warnings = [new EndpointWarning(EndpointWarningKind.SeveralSets, "Pods of 'a' and of 'b' match.")];
        edge.Source.Push(builder.Build());
        await PushableSource.WaitForAsync(edge.View, static s => s.Warnings.Count == 1, DispatcherFixture.Cancelled);
        using HttpClient client = edge.Client(files.Authority);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        List<HttpStatusCode> answers = [];
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync("/", DispatcherFixture.Cancelled);
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.OK, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        files.Write("tokens", "lobby");
        await edge.ReloadAsync("The earlier content stays in use.");
        // The reload is counted a moment after it is logged.
        string text = await Wait.ForAsync("berth_reloads_total", ScrapeOnceAsync, DispatcherFixture.Cancelled);
        Dictionary<string, HashSet<string>> found = [];
        foreach (string line in text.Split('\n').Where(static line => line.Length > 0 && !line.StartsWith('#')))
        {
            string name = line[..line.IndexOfAny([' ', '{'])];
            if (!found.TryGetValue(name, out HashSet<string>? labels))
                found[name] = labels = [];
            labels.UnionWith(Label().Matches(line).Select(static m => m.Groups[1].Value));
        }

        return found;

        async Task<string?> ScrapeOnceAsync(CancellationToken cancellationToken)
        {
            string all = await admin.GetStringAsync("/metrics", cancellationToken);
            return all.Contains("berth_reloads_total{", StringComparison.Ordinal) ? all : null;
        }
    }

    [GeneratedRegex("([a-z0-9_]+)=\"")]
    private static partial Regex Label();

    private static string FindPromtool()
    {
        string unpacked = Path.Combine(Checkout.Root, "artifacts", "test", "prometheus", "usr", "bin");
        string? found = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(unpacked)
            .Select(static folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "promtool is not on the PATH. ./test unpacks it where it may.");
        return found!;
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) 
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string[] said = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(DispatcherFixture.Cancelled),
            process.StandardError.ReadToEndAsync(DispatcherFixture.Cancelled));
        await process.WaitForExitAsync(DispatcherFixture.Cancelled);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Concat(said));
        return process.ExitCode;
    }
}
