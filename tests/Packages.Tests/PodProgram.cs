using Berth.TestKit.Dns;

namespace Berth.Packages;

/// <summary>The program of the folder PodConsumer, in any form.</summary>
internal static class PodProgram
{
    /// <summary>The packages that it uses: all, without the fixture of xunit, which is for programs that xunit runs.</summary>
    public static IEnumerable<Package> PackagesOf(PackedFeed feed) =>
        feed.Libraries.Where(static package => package.Id != "Berth.Testing.XunitV3");

    /// <summary>Runs it to its end, and checks all that it prints.</summary>
    public static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        await using ScriptedDnsServer dns = new(TestZone.Headless(TestZone.Pods(2)));
        string output = await DotnetCommand.RunAsync(program, folder, [.. arguments, dns.EndPoint.ToString()]);
        Assert.Equal(
            """
            kubernetes: service-b-0, service-b-1
            sessions: service-b-0, service-b-1
            grpc: rooms-1 life 1
            routes: service-b-1
            yarp: service-b-1 life 1 /pods/service-b-1/a
            discovery: service-b-1 life 1 /b
            handler: service-b-1 life 1 /c
            remote: service-b-0, service-b-1
            dns: 10.88.0.10:3000, 10.88.0.11:3001
            killed: no answer
            killed: no answer
            killed: no answer
            killed: no answer
            killed: service-b-0
            replaced: rooms-1 life 2
            replaced: service-b-1 life 2 /pods/service-b-1/a
            replaced: service-b-1 life 2 /b
            replaced: service-b-1 life 2 /c
            replaced: service-b-0, service-b-1
            remote: seen
            routes: seen

            """,
            output,
            ignoreLineEndingDifferences: true);
    }
}
