namespace Berth.Kubernetes.Assembly;

/// <summary>The pods whose names have the same stem: those of one StatefulSet, or other pods with such names.</summary>
internal sealed class PodSet(string name)
{
    // rand.String of k8s.io/apimachinery writes suffixes of five characters, and leaves out 0, 1 and 3.
    private const int GeneratedLength = 5;

    /// <summary>The stem: the name of the StatefulSet.</summary>
    public string Name => name;

    /// <summary>The number of pods.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// The number of pods whose number cannot be a generated suffix. If there are none, this is not a set but a Deployment's pod whose
    /// suffix happens to be all digits.
    /// </summary>
    public int PlainCount { get; private set; }

    public void Add(int ordinal)
    {
        Count++;
        if (!IsGenerated(ordinal))
            PlainCount++;
    }

    public void Remove(int ordinal)
    {
        Count--;
        if (!IsGenerated(ordinal))
            PlainCount--;
    }

    private static bool IsGenerated(int ordinal)
    {
        int digits = 0;
        for (int rest = ordinal; rest > 0; rest /= 10, digits++)
        {
            if (rest % 10 is 0 or 1 or 3)
                return false;
        }

        return digits == GeneratedLength;
    }
}
