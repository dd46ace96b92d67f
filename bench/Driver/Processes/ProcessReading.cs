using System.Globalization;

namespace Berth.Bench.Processes;

/// <summary>Figures of a process from Linux.</summary>
internal static class ProcessReading
{
    // USER_HZ, 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time so far, in steps of 10 ms.</summary>
    public static TimeSpan Cpu(int pid)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The name may contain any character, so fields are counted from its closing parenthesis.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(
            (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public static long Resident(int pid) => Status(pid, "VmRSS:");

    /// <summary>The largest resident memory so far, in bytes.</summary>
    public static long Peak(int pid) => Status(pid, "VmHWM:");

    private static long Status(int pid, string name)
    {
        string line = File.ReadLines(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
