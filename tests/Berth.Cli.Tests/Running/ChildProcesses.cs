using System.Globalization;

namespace Berth.Cli.Tests.Running;

/// <summary>The processes below another, read from /proc.</summary>
internal static class ChildProcesses
{
    /// <summary>All processes below one, its children's children too.</summary>
    public static IReadOnlyList<int> Below(int processId)
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && ParentOf(folder) is { } parent)
                parents[id] = parent;
        }

        List<int> found = [];
        Queue<int> next = new([processId]);
        while (next.TryDequeue(out int id))
        {
            foreach ((int child, _) in parents.Where(entry => entry.Value == id))
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>The process whose environment names a pod, among those below another.</summary>
    public static int? OfPod(int processId, string pod)
    {
        foreach (int child in Below(processId))
        {
            try
            {
                if (File.ReadAllText($"/proc/{child}/environ").Split('\0').Contains("POD_NAME=" + pod, StringComparer.Ordinal)
                    && File.ReadAllText($"/proc/{child}/cmdline").Split('\0').Contains("echo", StringComparer.Ordinal))
                {
                    return child;
                }
            }
            catch (IOException)
            {
                // It ended while it was read.
            }
        }

        return null;
    }

    private static int? ParentOf(string folder)
    {
        try
        {
            // "pid (name) state parent ...": the name may contain any character, brackets too.
            string stat = File.ReadAllText(folder + "/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
