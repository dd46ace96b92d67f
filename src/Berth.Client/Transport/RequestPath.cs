using System;
using System.Globalization;

namespace Berth.Client.Transport
{
    /// <summary>The paths of requests, without a slash in front.</summary>
    internal static class RequestPath
    {
        /// <exception cref="ArgumentException">It is no target.</exception>
        public static string OfTarget(string target)
        {
            if (target is null)
                throw new ArgumentNullException(nameof(target));
            string[] parts = target.Split('/');
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new ArgumentException(
                    $"'{target}' is no target. Give NAMESPACE/SERVICE, such as k8s-example2/service-b.", nameof(target));
            return $"{Uri.EscapeDataString(parts[0])}/{Uri.EscapeDataString(parts[1])}";
        }

        public static string OfReservation(string target, string reservation)
        {
            if (string.IsNullOrEmpty(reservation))
                throw new ArgumentException("The name of the reservation is empty.", nameof(reservation));
            return $"v1/seats/{OfTarget(target)}/{Uri.EscapeDataString(reservation)}";
        }

        /// <exception cref="ArgumentException">The query contradicts itself.</exception>
        public static string Of(EndpointQuery query)
        {
            if (query is null)
                throw new ArgumentNullException(nameof(query));
            string? one = query.Pod ?? query.Ordinal?.ToString(CultureInfo.InvariantCulture);
            bool isChosen = query.Key is not null || query.Zone is not null;
            if ((one is not null && isChosen) || (query.Pod is not null && query.Ordinal is not null))
                throw new ArgumentException("Of Pod, Ordinal, and Key with Zone, several are given. Give one of them.", nameof(query));
            if (one is not null && query.Target is null)
                throw new ArgumentException("Pod or Ordinal is given without Target. Give the target too.", nameof(query));
            if (one is not null)
                return $"v1/endpoints/{OfTarget(query.Target!)}/{Uri.EscapeDataString(one)}";
            string choice = Choice(query);
            if (query.Target is null)
                return choice.Length == 0 ? "" : "?" + choice;
            return $"v1/endpoints/{OfTarget(query.Target)}?{(choice.Length == 0 ? "pick" : choice)}";
        }

        private static string Choice(EndpointQuery query)
        {
            string key = query.Key is null ? "" : "key=" + Uri.EscapeDataString(query.Key);
            string zone = query.Zone is null ? "" : "zone=" + Uri.EscapeDataString(query.Zone);
            return key.Length > 0 && zone.Length > 0 ? $"{key}&{zone}" : key + zone;
        }
    }
}
