using System;
using System.Collections.Generic;

namespace Berth.Client.Transport
{
    /// <summary>Checks the addresses of dispatchers.</summary>
    internal static class DispatcherAddress
    {
        /// <summary>Reads the addresses: each <c>http</c> or <c>https</c>, with a path in front of <c>/v1</c> or without.</summary>
        public static Uri[] Parse(IReadOnlyList<string> addresses, List<string> faults)
        {
            if (addresses.Count == 0)
                faults.Add("No dispatcher is given. Give the address of at least one, such as http://service-a.example.com.");
            List<Uri> parsed = new();
            foreach (string address in addresses)
            {
                if (FindFault(address, out Uri? uri) is { } fault)
                    faults.Add(fault);
                else
                    parsed.Add(uri!);
            }

            return parsed.ToArray();
        }

        private static string? FindFault(string? address, out Uri? uri)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out uri) || !(uri.Scheme is "http" or "https") || uri.Host.Length == 0)
                return $"'{address}' is no address of a dispatcher. Give http://HOST:PORT or https://HOST:PORT.";
            if (uri.UserInfo.Length > 0)
                return $"The address of the dispatcher at {uri.Host} contains a user or a password. Leave them out, and give a token.";
            if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
                return $"'{address}' has a query or a fragment. Give the address in front of /v1 only.";
            // The routes are appended to it.
            string path = uri.GetLeftPart(UriPartial.Path);
            uri = new Uri(path.EndsWith('/') ? path : path + "/");
            return null;
        }
    }
}
