using System.Diagnostics;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>
/// The document of the HTTP API in the hands of public tools of npm: a linter, and a generator of TypeScript clients. <c>./test</c>
/// installs them below artifacts/.
/// </summary>
public sealed class OpenApiToolTests
{
    /// <summary>The code that a user of the generated types writes.</summary>
    private const string Program = """
        import createClient from 'openapi-fetch';
        import type { components, paths } from './schema.js';

        declare const process: { argv: string[] };
        const client = createClient<paths>({ baseUrl: process.argv[2] });
        const target = { namespace: 'k8s-example2', service: 'service-b' };
        const one = await client.GET('/v1/endpoints/{namespace}/{service}/{pod}', { params: { path: { ...target, pod: '0' } } });
        const missing = await client.GET('/v1/endpoints/{namespace}/{service}/{pod}', { params: { path: { ...target, pod: '9' } } });
        const targets = await client.GET('/v1/targets');
        const all = await client.GET('/v1/endpoints/{namespace}/{service}', { params: { path: target } });
        const pings = await client.GET('/v1/ping');
        const endpoint: components['schemas']['Endpoint'] = one.data!.endpoint;
        const authority: string = endpoint.authority;
        const problem: components['schemas']['Problem'] = missing.error!;
        const count: number = 'endpoints' in all.data! ? all.data.endpoints.length : -1;
        console.log(JSON.stringify([
            authority, endpoint.ports[0]!.port, problem.type, missing.response.status, targets.data!.targets.map(t => t.target), count,
            pings.data!.responders.map(r => r.zone),
        ]));
        """;

    private const string CompilerOptions = """
        {"compilerOptions":{"strict":true,"noUncheckedIndexedAccess":true,"module":"nodenext","moduleResolution":"nodenext",
         "target":"es2022","lib":["es2022","dom"],"types":[],"outDir":"out"},"files":["main.ts"]}
        """;

    // A redirect has no answer of 2xx.
    private const string Rules = "extends: [recommended-strict]\nrules: {operation-2xx-response: off}\n";

    private static string Document => Path.Combine(Checkout.Root, "src", "Berth.Dispatcher", "Documents", "openapi.json");

    [Fact]
    public async Task Document_has_no_complaint_of_a_linter()
    {
        using Workplace place = new();
        Assert.Equal((0, ""), Told(await place.LintAsync(Document)));
    }

    [Theory]
    [InlineData("\"operationId\": \"listTargets\",", "\"operationId\": \"getEndpoints\",", "unique")]
    [InlineData("#/components/schemas/Targets", "#/components/schemas/Nothing", "resolve")]
    public async Task Faults_of_the_document_are_found_by_the_linter(string text, string fault, string said)
    {
        using Workplace place = new();
        string document = await File.ReadAllTextAsync(Document, DispatcherFixture.Cancelled);
        Assert.Contains(text, document, StringComparison.Ordinal);
        (int code, string output) = await place.LintAsync(
            place.Write("broken.json", document.Replace(text, fault, StringComparison.Ordinal)));
        Assert.NotEqual(0, code);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generated_client_compiles_and_reads_a_dispatcher()
    {
        using Workplace place = new();
        await place.MakeClientAsync(Document);
        place.Write("main.ts", Program);
        Assert.Equal((0, ""), await place.CompileAsync());
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], PingTarget = DispatcherFixture.Other,
        });
        await edge.Source.PublishAsync(
            edge.OtherView, [DispatcherFixture.Pod(0, set: "service-c")], cancellationToken: DispatcherFixture.Cancelled);

        (int code, string output) = await place.RunAsync(Path.Combine("out", "main.js"), edge.Server.Addresses[0]);

        Assert.True(code == 0, output);
        Assert.Equal(
            ["10.88.0.10:3000", 3000, "urn:berth:problem:unknown-pod", 404, "k8s-example2/service-b k8s-example2/service-c", 1, "zone-1"],
            JsonDocument.Parse(output).RootElement.EnumerateArray().Select(static value => value.ValueKind switch
            {
                JsonValueKind.Number => (object)value.GetInt32(),
                JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(static item => item.GetString())),
                _ => value.GetString()!,
            }));
    }

    [Fact]
    public async Task Member_that_no_answer_has_does_not_compile()
    {
        using Workplace place = new();
        await place.MakeClientAsync(Document);
        place.Write("main.ts", Program.Replace("endpoint.authority", "endpoint.authorities", StringComparison.Ordinal));
        (int code, string output) = await place.CompileAsync();
        Assert.NotEqual(0, code);
        Assert.Contains("authorities", output, StringComparison.Ordinal);
    }

    private static (int Code, string Faults) Told((int Code, string Output) run) => (run.Code, run.Code == 0 ? "" : run.Output);

    /// <summary>A folder beside the installed packages, so that Node finds them.</summary>
    private sealed class Workplace : IDisposable
    {
        private readonly string _packages = Path.Combine(Checkout.Root, "artifacts", "test", "openapi");
        private readonly string _folder;

        public Workplace()
        {
            Assert.SkipUnless(
                File.Exists(Path.Combine(_packages, "node_modules", "openapi-fetch", "package.json")),
                $"{_packages} has no tools for OpenAPI. ./test installs them where npm is on the PATH.");
            _folder = Path.Combine(_packages, $"work-{Guid.NewGuid():N}");
            Directory.CreateDirectory(_folder);
            Write("package.json", """{"type":"module"}""");
            Write("tsconfig.json", CompilerOptions);
            Write("redocly.yaml", Rules);
        }

        public string Write(string name, string text)
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, text);
            return path;
        }

        public Task<(int Code, string Output)> LintAsync(string document) =>
            RunAsync(Tool("@redocly", "cli", "bin", "cli.js"), "lint", "--config", Path.Combine(_folder, "redocly.yaml"), document);

        public async Task MakeClientAsync(string document)
        {
            (int code, string output) = await RunAsync(Tool("openapi-typescript", "bin", "cli.js"), document, "-o", "schema.ts");
            Assert.True(code == 0, output);
        }

        public Task<(int Code, string Output)> CompileAsync() => RunAsync(Tool("typescript", "lib", "tsc.js"), "-p", ".");

        public async Task<(int Code, string Output)> RunAsync(params string[] arguments)
        {
            ProcessStartInfo start = new("node", arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _folder,
            };
            start.Environment["REDOCLY_TELEMETRY"] = "off";
            using Process node = Process.Start(start)!;
            Task<string> error = node.StandardError.ReadToEndAsync(DispatcherFixture.Cancelled);
            string output = await node.StandardOutput.ReadToEndAsync(DispatcherFixture.Cancelled);
            await node.WaitForExitAsync(DispatcherFixture.Cancelled);
            return (node.ExitCode, node.ExitCode == 0 ? output : output + await error);
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private string Tool(params string[] path) => Path.Combine([_packages, "node_modules", .. path]);
    }
}
