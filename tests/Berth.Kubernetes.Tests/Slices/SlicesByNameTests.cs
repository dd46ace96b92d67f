using System.Globalization;
using Berth.Kubernetes.Assembly;

namespace Berth.Kubernetes.Slices;

/// <summary>The slices of a target by name behave like a dictionary, also while there is one.</summary>
public sealed class SlicesByNameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public void Agrees_with_a_dictionary_through_a_random_history(int names)
    {
        SlicesByName slices = default;
        Dictionary<string, SliceObject> expected = new(StringComparer.Ordinal);
        Random random = new(7);
        for (int step = 0; step < 2_000; step++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"web-{random.Next(names)}");
            Assert.Equal(expected.TryGetValue(name, out SliceObject? known), slices.TryGet(name, out SliceObject? found));
            Assert.Same(known, found);
            if (random.Next(3) > 0)
            {
                SliceObject slice = Slice(name);
                slices.Put(slice);
                expected[name] = slice;
            }
            else
            {
                slices.Remove(name);
                expected.Remove(name);
            }

            Assert.Equal(expected.Count, slices.Count);
            Assert.Equal(
                expected.Values.OrderBy(static slice => slice.Name, StringComparer.Ordinal),
                slices.Values.OrderBy(static slice => slice.Name, StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Room_for_more_keeps_what_is_there(int count)
    {
        SlicesByName slices = default;
        SliceObject slice = Slice("web-0");
        slices.Put(slice);

        slices.EnsureCapacity(count);

        Assert.True(slices.TryGet("web-0", out SliceObject? found));
        Assert.Same(slice, found);
        Assert.Equal([slice], slices.Values);
    }

    private static SliceObject Slice(string name) =>
        new() { Name = name, ResourceVersion = "1", Namespace = "games", Pods = [], Odd = [], Ports = [] };
}
