namespace Berth.House.Floors;

/// <summary>Circles of folders, for projects without a plan of floors.</summary>
internal static class Circles
{
    /// <summary>Returns the arrows between folders that use each other, directly or through others.</summary>
    public static IReadOnlyList<Arrow> Find(IEnumerable<Arrow> arrows)
    {
        List<Arrow> left = [.. arrows];
        int before;
        do
        {
            before = left.Count;
            // A folder that uses no other is in no circle, and neither is one that no other uses.
            HashSet<string> users = [.. left.Select(static arrow => arrow.Folder)];
            HashSet<string> used = [.. left.Select(static arrow => arrow.Used)];
            left.RemoveAll(arrow => !users.Contains(arrow.Used) || !used.Contains(arrow.Folder));
        }
        while (left.Count < before);

        return left;
    }
}
