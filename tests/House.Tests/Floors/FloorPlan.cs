namespace Berth.House.Floors;

/// <summary>The floors of one project, as its <c>floors.txt</c> states them.</summary>
internal sealed class FloorPlan
{
    /// <summary>The name of a project's own folder in the file.</summary>
    public const string Root = "(root)";

    private readonly Dictionary<string, int> _floors;

    private FloorPlan(Dictionary<string, int> floors) => _floors = floors;

    public IReadOnlyCollection<string> Folders => _floors.Keys;

    public static FloorPlan Parse(IEnumerable<string> lines)
    {
        Dictionary<string, int> floors = new(StringComparer.Ordinal);
        int floor = 0;
        foreach (string line in lines)
        {
            string[] folders = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (folders.Length == 0)
                continue;
            foreach (string folder in folders)
                floors.Add(folder, floor);
            floor++;
        }

        return new FloorPlan(floors);
    }

    /// <summary>Returns the reason why a folder must not use another, or null.</summary>
    public string? FindFault(string folder, string used)
    {
        if (!_floors.TryGetValue(folder, out int from))
            return $"{folder} is on no floor";
        if (!_floors.TryGetValue(used, out int to))
            return $"{used} is on no floor";
        return from > to ? null : from == to ? $"{folder} and {used} are on one floor" : $"{used} is {to - from} above {folder}";
    }
}
