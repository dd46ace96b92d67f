using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Planning;

namespace Berth.Cli.Commands;

/// <summary><c>berth plan check|suggest|show</c>: the port plan before anything runs.</summary>
internal static class PlanCommands
{
    public static Command Create(ProgramHost host)
    {
        ExampleCommand plan = new("plan", "Checks the port plan of manifests or of a cluster, before anything runs.");
        plan.Add(CreateCheck(host));
        plan.Add(CreateSuggest(host));
        plan.Add(CreateShow(host));
        return plan;
    }

    private static ExampleCommand CreateCheck(ProgramHost host) =>
        new ExampleCommand(
            "check",
            "Reports port ranges that overlap each other or the ranges of nodes, and settings that make a StatefulSet on the host network "
                + "fail later. The exit code is 0 without a report, 1 with errors or warnings, 2 when a manifest cannot be read, and 3 "
                + "when the cluster cannot be read completely.",
            "berth plan check -f deploy/base",
            "helm template game ./chart | berth plan check -f - -n games",
            "berth plan check -f deploy/base --with-cluster true -o sarif",
            "berth plan check                       # what the cluster runs")
            .Runs(
                host, [.. PlanSettings.OfInput, PlanSettings.Headroom, PlanSettings.Skip, PlanSettings.Format],
                reader => CheckAsync(reader, host));

    private static ExampleCommand CreateSuggest(ProgramHost host) =>
        new ExampleCommand(
            "suggest",
            "Suggests the next free base port for a new set. Exits with 1 when there is none.",
            "berth plan suggest -f deploy/base --pods 200",
            "berth plan suggest --name game,admin --pods 50      # game=3100,admin=3200")
            .Runs(
                host,
                [
                    .. PlanSettings.OfInput, PlanSettings.Pods, PlanSettings.Names, PortSettings.Stride, PlanSettings.From,
                    PlanSettings.Multiple,
                ],
                reader => SuggestAsync(reader, host));

    private static ExampleCommand CreateShow(ProgramHost host) =>
        new ExampleCommand(
            "show",
            "Shows the ranges of all workloads that claim ports of nodes, drawn over all ports.",
            "berth plan show -f deploy/base",
            "berth plan show -o json")
            .Runs(host, [.. PlanSettings.OfInput, CommonSettings.TableOutput], reader => ShowAsync(reader, host));

    private static async Task<int> CheckAsync(SettingsReader reader, ProgramHost host)
    {
        PlanOptions options = PlanSettings.Read(reader) with
        {
            Headroom = reader.Get(PlanSettings.Headroom),
            Skip = reader.Get(PlanSettings.Skip),
        };
        PlanFormat format = reader.Get(PlanSettings.Format);
        (PortPlan plan, int exitCode) = await PlanReading.CreateAsync(reader, host, options).ConfigureAwait(false);
        PlanOutput.WriteFaults(plan, format, VersionCommand.Version, host);
        if (exitCode != ExitCode.Ok)
            return exitCode;
        return plan.Count(PlanLevel.Error) + plan.Count(PlanLevel.Warning) > 0 ? ExitCode.NothingFound : ExitCode.Ok;
    }

    private static async Task<int> SuggestAsync(SettingsReader reader, ProgramHost host)
    {
        PlanOptions options = PlanSettings.Read(reader);
        int pods = reader.Get(PlanSettings.Pods);
        int stride = reader.Get(PortSettings.Stride);
        string[] names = reader.Get(PlanSettings.Names);
        int from = reader.Get(PlanSettings.From);
        int multiple = reader.Get(PlanSettings.Multiple);
        (PortPlan plan, int exitCode) = await PlanReading.CreateAsync(reader, host, options).ConfigureAwait(false);

        // With a stride the ports of one pod are adjacent; without one each name has a separate range.
        int bases = Math.Max(1, names.Length);
        long apart = stride >= bases ? 1 : (((long)pods * stride) + multiple - 1) / multiple * multiple;
        long size = ((pods - 1L) * stride) + ((bases - 1) * apart) + 1;
        PlanRange? range = size <= 65535 ? plan.Suggest((int)size, from, multiple) : null;
        foreach (string sentence in plan.Unread)
            host.Error.WriteLine($"berth: {sentence}");
        if (range is not { } found)
        {
            host.Error.WriteLine(
                $"berth: No {size} ports in a row are free. Give fewer --pods, a smaller --stride, or a --multiple-of of 1.");
            return exitCode == ExitCode.Ok ? ExitCode.NothingFound : exitCode;
        }

        host.Out.WriteLine(names.Length == 0
            ? PlanOutput.Number(found.First)
            : string.Join(',', names.Select((name, index) => $"{name}={PlanOutput.Number(found.First + (index * apart))}")));
        return exitCode;
    }

    private static async Task<int> ShowAsync(SettingsReader reader, ProgramHost host)
    {
        PlanOptions options = PlanSettings.Read(reader);
        OutputFormat format = reader.Get(CommonSettings.TableOutput);
        (PortPlan plan, int exitCode) = await PlanReading.CreateAsync(reader, host, options).ConfigureAwait(false);
        PlanOutput.WriteRanges(plan, format, host);
        return exitCode;
    }
}
