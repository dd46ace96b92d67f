using System.Text;
using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>
/// Finds the members of pods. A dispatcher writes them in one order, so the next member in that order is usually the right one. This saves
/// comparisons with every name, for each member of 100,000 pods.
/// </summary>
internal sealed class PodMembers
{
    private static readonly (byte[] Name, PodMember Member)[] s_inOrder =
    [
        Of("pod", PodMember.Pod),
        Of("uid", PodMember.Uid),
        Of("ordinal", PodMember.Ordinal),
        Of("authority", PodMember.Other),
        Of("address", PodMember.Other),
        Of("addresses", PodMember.Addresses),
        Of("host", PodMember.Host),
        Of("port", PodMember.Other),
        Of("ports", PodMember.Ports),
        Of("node", PodMember.Node),
        Of("zone", PodMember.Zone),
        Of("cluster", PodMember.Cluster),
        Of("ready", PodMember.Ready),
        Of("serving", PodMember.Serving),
        Of("terminating", PodMember.Terminating),
        Of("state", PodMember.State),
    ];

    private int _next;

    /// <summary>Finds the member whose name is the reader's current token.</summary>
    public PodMember Find(scoped ref Utf8JsonReader reader)
    {
        for (int i = 0; i < s_inOrder.Length; i++)
        {
            (byte[] name, PodMember member) = s_inOrder[_next];
            _next = (_next + 1) % s_inOrder.Length;
            if (reader.ValueTextEquals(name))
                return member;
        }

        return PodMember.Other;
    }

    private static (byte[] Name, PodMember Member) Of(string name, PodMember member) => (Encoding.UTF8.GetBytes(name), member);
}
