-- uc_guard plan, format 1, tight.
-- Judged from 2026-09-01T07:13:51+00:00 to 2026-09-30T17:24:20.000001+00:00, on the grants 9e62b99ea20e5ab1f5881d4debc45fbd.
-- 6 subjects, excess 172 before, 44 after.
-- 27 statements, 33 changes, 19 rows revoked, proved to be the least.

-- Give what is needed, so that nothing is missing while the rest is taken.

-- needs EXECUTE: a view that it owns reads this (01f0a9c4000005e0, 01f0a9c400000676, 01f0a9c400000760)
GRANT EXECUTE ON FUNCTION `retail`.`finance`.`to_eur` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- needs SELECT: a view that it owns reads this (01f0a9c4000005e0, 01f0a9c400000676, 01f0a9c400000760)
GRANT SELECT ON TABLE `retail`.`inventory`.`products` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- needs SELECT: a view that it owns reads this (01f0a9c400000747, 01f0a9c400000748, 01f0a9c40000077c)
GRANT SELECT ON TABLE `retail`.`sales`.`order_items` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- needs SELECT: a view that it owns reads this (01f0a9c400000747, 01f0a9c400000748, 01f0a9c40000077c)
GRANT SELECT ON TABLE `retail`.`sales`.`orders` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- needs SELECT: a view that it owns reads this (01f0a9c400000747, 01f0a9c400000748, 01f0a9c40000077c)
GRANT SELECT ON TABLE `retail`.`sales`.`stores` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- needs SELECT: it is used (01f0a9c4000006bd, 01f0a9c4000006ea, 01f0a9c4000006f6)
GRANT SELECT ON TABLE `retail`.`customers`.`customers` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs SELECT: it is used (01f0a9c400000740, 01f0a9c400000775, 01f0a9c400000778)
GRANT SELECT ON TABLE `retail`.`support`.`macros` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs MODIFY: it is used (01f0a9c40000071b, 01f0a9c40000074a, 01f0a9c400000784), needs SELECT: it is used (01f0a9c400000758, 01f0a9c400000771, 01f0a9c40000077a)
GRANT MODIFY, SELECT ON TABLE `retail`.`support`.`messages` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs SELECT: it is used (01f0a9c4000006ad, 01f0a9c4000006f9, 01f0a9c40000076a)
GRANT SELECT ON TABLE `retail`.`support`.`sla` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs MODIFY: it is used (01f0a9c40000074b, 01f0a9c40000074e, 01f0a9c400000763), needs SELECT: it is used (01f0a9c40000077a, 01f0a9c400000782, 01f0a9c400000784)
GRANT MODIFY, SELECT ON TABLE `retail`.`support`.`tickets` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs SELECT: it is used (01f0a9c40000075c, 01f0a9c40000075d, 01f0a9c400000783)
GRANT SELECT ON TABLE `retail`.`inventory`.`products` TO `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- Take what is not needed, where a GRANT follows on the same securable, run both together.

-- was not used, and nothing shows that it may be needed
REVOKE SELECT ON TABLE `retail`.`sales`.`returns` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- was not used, and nothing shows that it may be needed
REVOKE SELECT ON TABLE `retail`.`reporting`.`margin_report` FROM `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- was not used, and nothing shows that it may be needed
REVOKE READ FILES, WRITE FILES ON EXTERNAL LOCATION `brightmart_landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- was not used, and nothing shows that it may be needed
REVOKE CREATE EXTERNAL LOCATION ON METASTORE FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- was not used, and nothing shows that it may be needed
REVOKE READ VOLUME, WRITE VOLUME ON VOLUME `staging`.`feeds`.`landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- other rows keep all that EXECUTE gives here today, but not what is made here later
REVOKE EXECUTE ON SCHEMA `retail`.`finance` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- only 1 of the 6 privileges that SELECT gives here may be needed, other rows keep them
REVOKE SELECT ON SCHEMA `retail`.`inventory` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- was not used, and nothing shows that it may be needed
REVOKE CREATE TABLE ON SCHEMA `retail`.`reporting` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- only 3 of the 7 privileges that SELECT gives here may be needed, other rows keep them
REVOKE SELECT ON SCHEMA `retail`.`sales` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- only 1 of the 5 privileges that SELECT gives here may be needed, other rows keep them
REVOKE SELECT ON SCHEMA `retail`.`customers` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- only 1 of the 6 privileges that SELECT gives here may be needed, other rows keep them
REVOKE SELECT ON SCHEMA `retail`.`inventory` FROM `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- only 7 of the 41 privileges that ALL PRIVILEGES gives here may be needed, other rows keep them
-- GAP: until the GRANT that follows, something needed is missing. REST does both at once.
REVOKE ALL PRIVILEGES ON SCHEMA `retail`.`support` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- needs USE SCHEMA: it is used (01f0a9c400000706, 01f0a9c400000768, 01f0a9c400000770)
GRANT USE SCHEMA ON SCHEMA `retail`.`support` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- none of the 5 privileges that MODIFY gives here was used or may be needed, nor what is made here later, none of the 5 privileges that SELECT gives here was used or may be needed, nor what is made here later, was not used, and nothing shows that it may be needed
REVOKE MODIFY, SELECT, USE SCHEMA ON SCHEMA `staging`.`feeds` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- none of the 20 privileges that ALL PRIVILEGES gives here was used or may be needed, nor what is made here later
-- It may take other rows of this principal on this securable along.
REVOKE ALL PRIVILEGES ON SCHEMA `staging`.`scratch` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- was not used, and nothing shows that it may be needed
REVOKE USE CATALOG ON CATALOG `staging` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
