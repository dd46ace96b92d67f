using Berth.Grpc.Resolving;
using Berth.Pods;

namespace Berth.Grpc.Balancing;

/// <summary>
/// Chooses the pods that a channel keeps connections to: those with the highest scores of rendezvous hashing with the client's name. A pod
/// that joins or leaves changes at most one pod of the subset.
/// </summary>
internal static class Subset
{
    /// <summary>Returns, for each pod of a result, whether it belongs to the subset.</summary>
    public static bool[] Of(ResolvedPods pods)
    {
        bool[] isChosen = new bool[pods.Count];
        int size = pods.Channel.Options.SubsetSize;
        if (pods.Count <= size)
        {
            Array.Fill(isChosen, true);
            return isChosen;
        }

        ulong[] scores = [.. pods.Pods.Select(pod => KeyHash.Mix(pods.Channel.ClientHash ^ pod.Pod.NameHash))];
        int[] indexes = [.. Enumerable.Range(0, scores.Length)];
        // Ties, at one in 2^64, go to the higher index.
        Array.Sort(scores, indexes);
        foreach (int index in indexes.AsSpan(^size..))
            isChosen[index] = true;
        return isChosen;
    }
}
