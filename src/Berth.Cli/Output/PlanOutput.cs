using System.Globalization;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Planning;
using Berth.Planning.Output;

namespace Berth.Cli.Output;

/// <summary>Writes the faults and the ranges of a plan.</summary>
internal static class PlanOutput
{
    // One column of the drawing for 1,024 ports.
    private const int Columns = 64;

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static void WriteFaults(PortPlan plan, PlanFormat format, string version, ProgramHost host)
    {
        switch (format)
        {
            case PlanFormat.Json:
                host.Out.WriteLine(JsonText.Write(writer => PlanJson.Write(writer, plan)));
                break;
            case PlanFormat.Sarif:
                host.Out.WriteLine(JsonText.Write(writer => PlanSarif.Write(writer, plan, version)));
                break;
            default:
                WriteTable(plan, host);
                break;
        }

        foreach (string sentence in plan.Unread)
            host.Error.WriteLine($"berth: {sentence}");
        host.Error.WriteLine(
            $"berth: {Count(plan.Objects, "object")}, {Count(plan.Count(PlanLevel.Error), "error")}, " +
            $"{Count(plan.Count(PlanLevel.Warning), "warning")}, {Count(plan.Count(PlanLevel.Note), "note")}.");
    }

    public static void WriteRanges(PortPlan plan, OutputFormat format, ProgramHost host)
    {
        foreach (string sentence in plan.Unread)
            host.Error.WriteLine($"berth: {sentence}");
        switch (format)
        {
            case OutputFormat.Json:
                host.Out.WriteLine(JsonText.Write(writer =>
                {
                    writer.WriteStartObject();
                    PlanJson.WriteRanges(writer, plan);
                    writer.WriteEndObject();
                }));
                return;
            case OutputFormat.Text:
                foreach (PlannedRange range in plan.Ranges)
                    host.Out.WriteLine($"{PortsOf(range)} {range.Subject.Split(' ')[^1]}");
                return;
            default:
                foreach (string line in TextTable.Format(
                    ["PORTS", "PODS", "HEADROOM", "WORKLOAD", "PORT", "FROM"], [.. plan.Ranges.Select(CellsOf)]))
                    host.Out.WriteLine(line);
                host.Out.WriteLine();
                Draw(plan.Ranges, plan.Options, host.Out);
                return;
        }
    }

    private static void WriteTable(PortPlan plan, ProgramHost host)
    {
        foreach (PlanFault fault in plan.Faults)
        {
            host.Out.WriteLine($"{PlanJson.WordOf(fault.Level),-7}  {fault.Rule.Id,-20}  {fault.Location}  {fault.Subject}");
            host.Out.WriteLine($"    {fault.What}");
            host.Out.WriteLine($"    {fault.Why}");
            host.Out.WriteLine($"    Remedy: {fault.Remedy}{(fault.Related is { } related ? $" See {related}." : "")}");
        }
    }

    private static string Count(int number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string PortsOf(PlannedRange range)
    {
        string ports = range.First == range.Last ? Number(range.First) : $"{Number(range.First)}-{Number(range.Last)}";
        return range.Stride > 1 ? $"{ports}/{Number(range.Stride)}" : ports;
    }

    private static string[] CellsOf(PlannedRange range) =>
    [
        PortsOf(range), Number(range.Pods), range.Headroom is { } room ? Number(room) : "-", range.Subject,
        (range.Name.Length == 0 ? "-" : range.Name) + (range.Protocol is null ? "" : "/" + range.Protocol), range.Source,
    ];

    /// <summary>Draws ranges below each other: a column stands for 1,024 ports.</summary>
    private static void Draw(IEnumerable<PlannedRange> ranges, PlanOptions options, TextWriter output)
    {
        const string Ruler = "0       8192    16384   24576   32768   40960   49152   57344";
        output.WriteLine($"{Ruler,-Columns}  one column is 1024 ports");
        foreach (PlannedRange range in ranges)
            output.WriteLine($"{Bar(range.First, range.Last, '#')}  {range.Subject.Split(' ')[^1]} {PortsOf(range)}");
        if (options.NodePorts is { } nodePorts)
            output.WriteLine($"{Bar(nodePorts.First, nodePorts.Last, '-')}  NodePort range {nodePorts.First}-{nodePorts.Last}");
        if (options.Ephemeral is { } ephemeral)
        {
            string assumed = ephemeral == PlanRange.Ephemeral ? " (assumed)" : "";
            output.WriteLine($"{Bar(ephemeral.First, ephemeral.Last, '-')}  ephemeral range {ephemeral.First}-{ephemeral.Last}{assumed}");
        }

        foreach (PlanRange reserved in options.Reserved)
            output.WriteLine($"{Bar(reserved.First, reserved.Last, '-')}  reserved {reserved.First}-{reserved.Last}");
    }

    private static string Bar(long first, long last, char sign)
    {
        int from = (int)Math.Min(Columns - 1, first / 1024);
        int to = (int)Math.Min(Columns - 1, last / 1024);
        return new string('.', from) + new string(sign, to - from + 1) + new string('.', Columns - 1 - to);
    }
}
