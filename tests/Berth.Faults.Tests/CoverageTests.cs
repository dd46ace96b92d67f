using System.Globalization;
using System.Reflection;

namespace Berth.Faults;

/// <summary>Every fault has a test.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void Every_fault_of_the_list_and_watch_and_of_slices_has_a_test()
    {
        HashSet<int> proven = [.. typeof(CoverageTests).Assembly.GetTypes()
            .SelectMany(static t => t.GetMethods())
            .Where(static m => m.GetCustomAttribute<FactAttribute>() is not null && m.Name[0] == 'F' && char.IsAsciiDigit(m.Name[1]))
            .Select(static m => int.Parse(m.Name[1..].Split('_')[0], CultureInfo.InvariantCulture))];

        IEnumerable<int> here = Enumerable.Range(1, 53).Concat(Enumerable.Range(58, 13)).Concat(Enumerable.Range(95, 5)).Concat([109, 110]);
        Assert.Equal([], here.Where(n => !proven.Contains(n)));
    }

    [Fact]
    public void The_list_of_faults_is_whole()
    {
        int[] numbers =
            [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "faults.txt"))
                .Where(static l => l[0] != ' ') // It continues the line before.
                .Select(static l => int.Parse(l.Split('|')[0], CultureInfo.InvariantCulture))];

        Assert.Equal(Enumerable.Range(1, 110), numbers);
    }
}
